import Autograd
import Compute
import Foundation
import Layers
import Testing

@testable import Models
@testable import Runs
@testable import Training

/// Small UNets beside diffusers', from the same weights and images (Tests/Parity/unet/make.py).
struct UNetParityTests {
  /// A file, whose model has a configuration that is given here.
  private struct Reference {
    let file: SafetensorsFile

    init(_ name: String) throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      file = try SafetensorsFile(
        folder.appendingPathComponent("../Parity/unet/\(name).safetensors").standardized.path)
    }

    /// The model with the file's parameters, or with other arrays of it in their place.
    func unet(
      _ configuration: UNetConfiguration, from array: String = "parameters"
    ) throws -> UNet {
      let unet = UNet(configuration)
      unet.initialize(seed: 0)
      let dictionary = StateDictionary(unet)
      for (index, values) in try split(array, as: dictionary) {
        dictionary.set(index, values)
      }
      return unet
    }

    /// The arrays that stand one after the other in the order of their names, by the parameters'
    /// numbers.
    private func split(_ name: String, as dictionary: StateDictionary) throws -> [(Int, Values)] {
      let parameters = dictionary.parameters.enumerated().sorted {
        $0.element.name < $1.element.name
      }
      let names = parameters.map(\.element.name)
      try #require(names.joined(separator: " ") == file.metadata["names"])
      let elements = try file.values(name).elements
      var start = 0
      let arrays = parameters.map { index, parameter in
        let end = start + parameter.shape.reduce(1, *)
        defer { start = end }
        return (index, Values(parameter.shape, Array(elements[start..<end])))
      }
      try #require(start == elements.count)
      return arrays
    }

    /// Images [N, C, H, W] as [N, H, W, C].
    func images(_ name: String) throws -> Values {
      let images = try file.values(name)
      let (channels, pixels) = (images.shape[1], images.shape[2] * images.shape[3])
      let elements = images.elements
      return Values(
        [images.shape[0], images.shape[2], images.shape[3], channels],
        elements.indices.map { place in
          let (pixel, channel) = (place / channels, place % channels)
          return elements[(pixel / pixels * channels + channel) * pixels + pixel % pixels]
        })
    }
  }

  private static let cases: [String: UNetConfiguration] = [
    "defaults": tiny {
      $0.blockOutChannels = [4, 6]
      $0.attentionHeadDim = 3
    },
    "ddpm": tiny {
      $0.sampleSize = 6
      $0.downsamplePadding = 0
      $0.flipSinToCos = false
      $0.freqShift = 1
      $0.normEps = 1e-6
      $0.layersPerBlock = 2
    },
    "scale-shift": tiny {
      $0.resnetTimeScaleShift = .scaleShift
      $0.classCount = 5
      $0.midBlockScaleFactor = 1.4142
      $0.attentionHeadDim = 4
    },
    "scale-shift-norm": tiny {
      $0.inChannels = 1
      $0.outChannels = 2
      $0.resnetTimeScaleShift = .scaleShift
      $0.attnNormNumGroups = 4
      $0.attentionHeadDim = 2
      $0.dropout = 0.1
      $0.downsamplePadding = 0
    },
    "resnet-blocks": tiny {
      $0.blockOutChannels = [4, 4, 4]
      $0.downBlocks = [.attention, .resnet, .plain]
      $0.upBlocks = [.plain, .attention, .resnet]
      $0.downsampleType = .resnet
      $0.upsampleType = .resnet
      $0.attentionHeadDim = 2
      $0.attnNormNumGroups = 1
    },
    "no-attention": tiny {
      $0.inChannels = 2
      $0.outChannels = 5
      $0.centerInputSample = true
      $0.timeEmbeddingDim = 12
      $0.blockOutChannels = [3, 3]
      $0.downBlocks = [.plain, .resnet]
      $0.upBlocks = [.resnet, .plain]
      $0.normNumGroups = 3
      $0.layersPerBlock = 3
      $0.addAttention = false
    },
    "no-middle": tiny {
      $0.sampleSize = 5
      $0.blockOutChannels = [6]
      $0.downBlocks = [.attention]
      $0.upBlocks = [.attention]
      $0.hasMidBlock = false
      $0.attentionHeadDim = 3
      $0.layersPerBlock = 2
    },
  ]

  /// What all have unless changed.
  private static func tiny(_ change: (inout UNetConfiguration) -> Void) -> UNetConfiguration {
    UNetTests.tiny {
      $0.blockOutChannels = [4, 4]
      change(&$0)
    }
  }

  @Test(arguments: cases.keys.sorted())
  func output(name: String) throws {
    let reference = try Reference(name)
    let unet = try reference.unet(#require(Self.cases[name]))
    let classes =
      try unet.configuration.classCount.map { _ in
        try reference.file.values("classes").elements.map { Int32($0) }
      }
    let ours = unet(
      Tensor(constant: try reference.images("sample")),
      timesteps: try reference.file.values("timesteps").elements, classes: classes)
    let theirs = try reference.images("output")
    try #require(ours.shape == theirs.shape)
    let worst = zip(ours.values.elements, theirs.elements).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= 1e-5)
  }

  /// Gradients of the first step, and the losses of ten.
  @Test func training() throws {
    let reference = try Reference("training")
    let unet = try reference.unet(
      Self.tiny {
        $0.blockOutChannels = [4, 6]
        $0.attentionHeadDim = 3
        $0.downsamplePadding = 0
        $0.freqShift = 1
      })
    let slab = ParameterSlab.of(unet)
    var options = OptimizerOptions(learningRate: 1e-3)
    options.weightDecay = 0.1
    options.maxGradientNorm = 1
    let optimizer = Optimizer(slab, options)
    for (step, theirs) in try reference.file.values("losses").elements.enumerated() {
      let batch = step % 3
      let sample = Tensor(constant: try reference.images("sample.\(batch)"))
      let noise = Tensor(constant: try reference.images("noise.\(batch)"))
      let timesteps = try reference.file.values("timesteps.\(batch)").elements
      let (loss, _) = valueAndGradients(of: slab) {
        meanSquaredError(unet(sample, timesteps: timesteps), noise)
      }
      #expect(abs(loss - theirs) <= 1e-4, "step \(step)")
      if step == 0 { try expectGradients(reference, slab, unet) }
      optimizer.step()
    }
  }

  /// Expects gradients to be PyTorch's: ||a - b|| / ||b|| at most 1e-5 for each. Where the loss depends
  /// on nothing, as on what is added to all keys, all that there is is rounding.
  private func expectGradients(
    _ reference: Reference, _ slab: ParameterSlab, _ unet: UNet
  ) throws {
    // A model whose parameters are PyTorch's gradients, so that both lie in the same layout.
    let theirs = ParameterSlab.of(try reference.unet(unet.configuration, from: "gradients"))
    for entry in slab.entries {
      let range = entry.offset..<entry.offset + entry.count
      let exact = range.map { Double(theirs.values.base[$0]) }
      let distance = norm(
        range.map { Double(slab.gradients.base[$0]) - exact[$0 - range.lowerBound] })
      if entry.path.hasSuffix("to_k.bias") {
        #expect(distance <= 1e-7, "\(entry.path)")
      } else {
        #expect(distance <= 1e-5 * norm(exact), "\(entry.path)")
      }
    }
  }

  private func norm(_ elements: [Double]) -> Double {
    elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
