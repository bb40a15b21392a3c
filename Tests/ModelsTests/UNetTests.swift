import Autograd
import Compute
import Layers
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// What a UNet is made of, and what its configuration refuses; UNetParityTests hold what it computes.
struct UNetTests {
  /// A configuration of few channels, changed by `change`.
  static func tiny(_ change: (inout UNetConfiguration) -> Void = { _ in }) -> UNetConfiguration {
    var configuration = UNetConfiguration()
    configuration.sampleSize = 4
    configuration.downBlocks = [.plain, .attention]
    configuration.upBlocks = [.attention, .plain]
    configuration.blockOutChannels = [4, 8]
    configuration.attentionHeadDim = nil
    configuration.normNumGroups = 2
    configuration.layersPerBlock = 1
    change(&configuration)
    return configuration
  }

  @Test func hasAsManyParametersAsDiffusersModels() {
    #expect(UNet(.ddpmCIFAR10).parameterCount == 35_746_307)
    #expect(UNet(.ddpmCIFAR10).parameters.count == 328)
    #expect(UNet(.small28).parameterCount == 6_469_889)
  }

  @Test func namesItsParametersAsDiffusersDoes() {
    let names = Set(
      UNet(
        Self.tiny {
          $0.classCount = 3
          $0.downsampleType = .resnet
          $0.downBlocks[0] = .attention
        }
      ).parameters.map(\.path))
    for name in [
      "conv_in.weight", "time_embedding.linear_1.bias", "time_embedding.linear_2.weight",
      "class_embedding.weight", "down_blocks.1.resnets.0.conv_shortcut.weight",
      "down_blocks.0.resnets.0.time_emb_proj.weight", "down_blocks.0.downsamplers.0.norm1.weight",
      "down_blocks.1.attentions.0.group_norm.bias", "mid_block.attentions.0.to_q.weight",
      "mid_block.attentions.0.to_out.0.bias", "up_blocks.1.resnets.1.conv2.bias",
      "up_blocks.0.upsamplers.0.conv.weight", "conv_norm_out.weight", "conv_out.bias",
    ] {
      #expect(names.contains(name), "\(name)")
    }
  }

  @Test(
    arguments: [
      ("down_block_types", tiny { $0.downBlocks.removeLast() }),
      ("up_block_types", tiny { $0.upBlocks.append(.plain) }),
      (
        "block_out_channels",
        tiny {
          $0.blockOutChannels = []
          $0.downBlocks = []
          $0.upBlocks = []
        }
      ),
      ("block_out_channels", tiny { $0.blockOutChannels[0] = 0 }),
      ("sample_size", tiny { $0.sampleSize = 5 }),
      ("sample_size", tiny { $0.sampleSize = 0 }),
      ("layers_per_block", tiny { $0.layersPerBlock = 0 }),
      ("norm_num_groups", tiny { $0.normNumGroups = 3 }),
      ("norm_eps", tiny { $0.normEps = 0 }),
      ("attn_norm_num_groups", tiny { $0.attnNormNumGroups = 3 }),
      ("attention_head_dim", tiny { $0.attentionHeadDim = 3 }),
      ("freq_shift", tiny { $0.freqShift = 2 }),
      ("downsample_padding", tiny { $0.downsamplePadding = 2 }),
      ("mid_block_scale_factor", tiny { $0.midBlockScaleFactor = 0 }),
      ("dropout", tiny { $0.dropout = 1 }),
      ("num_class_embeds", tiny { $0.classCount = 0 }),
    ])
  func refusesWhatDoesNotGoTogether(key: String, configuration: UNetConfiguration) {
    let problem = #expect(throws: RecipeProblem.self) { try configuration.check() }
    #expect(problem?.key == key)
  }

  /// Image by image, a batch of any size gives the same bits.
  @Test func anImageDoesNotDependOnTheOthers() {
    let unet = UNet(Self.tiny { $0.classCount = 3 })
    unet.initialize(seed: 1)
    let x = RandomStream(seed: 2, purpose: .noise).normals([3, 4, 4, 3])
    let all = unet(Tensor(constant: x), timesteps: [1, 500, 999], classes: [0, 1, 2])
    let last = Values([1, 4, 4, 3], Array(x.elements.suffix(48)))
    let alone = unet(Tensor(constant: last), timesteps: [999], classes: [2])
    #expect(alone.values.elements == Array(all.values.elements.suffix(48)))
  }

  @Test func dropoutActsInTrainingAlone() {
    let unet = UNet(Self.tiny { $0.dropout = 0.5 })
    unet.initialize(seed: 1)
    let x = Tensor(constant: RandomStream(seed: 2, purpose: .noise).normals([1, 4, 4, 3]))
    let evaluated = unet(x, timesteps: [3]).values.elements
    #expect(evaluated == unet(x, timesteps: [3]).values.elements)
    let trained = withMode(.training(seed: 0, step: 0)) { unet(x, timesteps: [3]).values.elements }
    #expect(trained != evaluated)
  }

  /// Runs in a process of its own, since the pool belongs to the whole program.
  @Test func aWarmStepAllocatesNothing() async {
    await #expect(processExitsWith: .success) {
      let unet = UNet(UNetTests.tiny { $0.dropout = 0.1 })
      unet.initialize(seed: 1)
      let optimizer = Optimizer(ParameterSlab.of(unet), OptimizerOptions(learningRate: 1e-3))
      let x = Tensor(constant: RandomStream(seed: 2, purpose: .noise).normals([2, 4, 4, 3]))
      var allocations: [Int] = []
      for step in 0..<6 {
        _ = withMode(.training(seed: 1, step: step)) {
          valueAndGradients(of: optimizer.slab) {
            meanSquaredError(unet(x, timesteps: [1, 2]), x)
          }
        }
        optimizer.step()
        allocations.append(StoragePool.shared.allocations)
      }
      precondition(Set(allocations[2...]).count == 1, "blocks allocated by step: \(allocations)")
    }
  }
}
