import Autograd
import Compute
import TestSupport
import Testing

@testable import Layers

@Suite struct SlabTests {
  struct Layer: Module {
    let weight: Parameter
    let bias: Parameter
    let mean: Buffer

    init(_ value: Float) {
      weight = Parameter([2, 3], .constant(value))
      bias = Parameter([3], .constant(value + 0.5))
      mean = Buffer([3], repeating: value)
    }
  }

  struct Model: Module {
    let first = Layer(1)
    let second = Layer(2)
  }

  @Test func parametersMoveIntoTheSlabByGroup() {
    let model = Model()
    model.initialize(seed: 0)
    let slab = ParameterSlab(model)
    #expect(
      slab.entries.map(\.path) == ["first.weight", "second.weight", "first.bias", "second.bias"])
    #expect(model.second.weight.values.elements == [2, 2, 2, 2, 2, 2])
    #expect(model.second.bias.values.elements == [2.5, 2.5, 2.5])
    slab.update { $0[slab.entries[1].offset] = 9 }
    #expect(model.second.weight.values.elements == [9, 2, 2, 2, 2, 2])
    #expect(model.second.weight.tensor.values.elements == [9, 2, 2, 2, 2, 2])
  }

  @Test func settingAParameterIsANewVersion() {
    let model = Model()
    model.initialize(seed: 0)
    let slab = ParameterSlab(model)
    let version = slab.version
    model.first.weight.update { $0[0] = 3 }
    #expect(slab.version == version + 1)
    #expect(slab.values.base[0] == 3)
  }

  @Test func theSlabOfAModelIsMadeOnce() {
    let model = Model()
    model.initialize(seed: 0)
    let slab = ParameterSlab.of(model)
    #expect(ParameterSlab.of(model) === slab)
  }

  @Test func aPartOfATrainedModelIsRefused() async {
    let part = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = Model()
      model.initialize(seed: 0)
      _ = ParameterSlab(model)
      _ = ParameterSlab.of(model.first)
    }
    #expect(part?.standardErrorContent.says("are a part of another model's slab") == true)
    let whole = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let model = Model()
      model.initialize(seed: 0)
      _ = ParameterSlab(model.first)
      _ = ParameterSlab(model)
    }
    #expect(whole?.standardErrorContent.says("lies in the slab of another model") == true)
  }

  @Test func aParameterWithoutValuesIsRefused() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Model().first.weight.tensor }
    #expect(failure?.standardErrorContent.says("has no values yet") == true)
  }

  @Test func buffersMoveIntoASlab() {
    let model = Model()
    let slab = BufferSlab(model)
    #expect(slab.entries.map(\.path) == ["first.mean", "second.mean"])
    model.second.mean.values.storage.base[1] = 7
    #expect(slab.entries[1].range.map { slab.values.base[$0] } == [2, 7, 2])
  }
}
