import Autograd
import Compute
import TestSupport
import Testing

@testable import Layers

@Suite struct ReflectionTests {
  struct Block: Module {
    let conv1 = Parameter([3, 3, 2, 4], .constant(1))
    let runningMean = Buffer([4], repeating: 0)
  }

  struct Model: Module {
    let width = 4
    let names = ["a", "b"]
    let downBlocks = [Block(), Block()]
    let shortcut: Block? = Block()
    let attention: Block? = nil
    let optionals: [Block?] = [nil, Block()]
    let scale = Parameter([], .constant(1))
  }

  @Test func pathsAreTheSnakeCaseOfTheProperties() {
    #expect(
      Model().parameters.map(\.path) == [
        "down_blocks.0.conv1", "down_blocks.1.conv1", "shortcut.conv1", "optionals.1.conv1",
        "scale",
      ])
    #expect(
      Model().buffers.map(\.path) == [
        "down_blocks.0.running_mean", "down_blocks.1.running_mean", "shortcut.running_mean",
        "optionals.1.running_mean",
      ])
    #expect(Model().parameterCount == 4 * 72 + 1)
  }

  @Test func tiedWeightsCountOnceAndKeepTheFirstPath() {
    struct Tied: Module {
      let embedding: Parameter
      let blocks: [Block]
      let head: Parameter
    }
    let (weight, block) = (Parameter([5, 2], .constant(0)), Block())
    let model = Tied(embedding: weight, blocks: [block, block], head: weight)
    let parameters = model.parameters
    #expect(parameters.map(\.path) == ["embedding", "blocks.0.conv1"])
    #expect(parameters.map(\.aliases) == [["head"], ["blocks.1.conv1"]])
    #expect(model.buffers.map(\.aliases) == [["blocks.1.running_mean"]])
    #expect(model.parameterCount == 10 + 72)
  }

  @Test func containersThatHideParametersAreRefused() async {
    let inDictionary = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct InDictionary: Module { let layers = ["a": Block()] }
      _ = InDictionary().parameters
    }
    #expect(inDictionary?.standardErrorContent.says("in a Dictionary<") == true)
    let inTuple = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct InTuple: Module { let pair = (1, Parameter([1], .constant(0))) }
      _ = InTuple().parameters
    }
    #expect(inTuple?.standardErrorContent.says("in a (") == true)
    let inStruct = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      struct Plain { let inner = [Parameter([1], .constant(0))] }
      struct InStruct: Module { let plain = Plain() }
      _ = InStruct().parameters
    }
    #expect(inStruct?.standardErrorContent.says("in a Plain") == true)
    let inClass = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      final class Shared { var buffer: Buffer? = Buffer([1], repeating: 0) }
      struct InClass: Module { let shared = Shared() }
      _ = InClass().buffers
    }
    #expect(inClass?.standardErrorContent.says("in a Shared") == true)
  }

  @Test func otherPropertiesAreLeftAlone() {
    final class Knot { var other: Knot? }
    struct Odd: Module {
      let numbers = [Float](repeating: 0, count: 1_000_000)
      let sizes = ["a": [1, 2]]
      let pair = (1, "x")
      let knot = Knot()
      let body: (Int) -> Int = { $0 }
      let weight = Parameter([1], .constant(0))
    }
    let model = Odd()
    model.knot.other = model.knot
    #expect(model.parameters.map(\.path) == ["weight"])
  }
}
