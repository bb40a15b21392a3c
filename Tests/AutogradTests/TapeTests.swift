import Compute
import TestSupport
import Testing

@testable import Autograd

@Suite struct TapeTests {
  @Test func valueAndGradientsOfAScalar() {
    let slab = ParameterSlab([1, 2, 3])
    let (value, gradients) = valueAndGradients(of: slab) {
      let x = slab.tensor(at: 0)
      return total(product(x, scaled(x, by: 3)))
    }
    #expect(value == 42)
    #expect(slab.gradientElements == [[6, 12, 18]])
    #expect(gradients.slab === slab)
  }

  @Test func nothingIsKeptOutsideATape() {
    final class Held {}
    let slab = ParameterSlab([1])
    weak var held: Held?
    let y: Tensor
    do {
      let object = Held()
      held = object
      y = watched(slab.tensor(at: 0)) { _ in _ = object }
    }
    #expect(held == nil)
    #expect(y.node == nil)
  }

  @Test func constantsAreNotRecorded() {
    let tape = Tape(watching: ParameterSlab([1]))
    let y = tape.record { scaled(Tensor([2], [1, 2]), by: 2) }
    #expect(y.node == nil)
    #expect(y.values.elements == [2, 4])
  }

  @Test func anEntryGoesWhenItsPullbackHasRun() {
    final class Held {}
    let slab = ParameterSlab([1])
    weak var late: Held?
    var lateWasHeld = (atItsPullback: false, atTheNext: true)
    _ = valueAndGradients(of: slab) {
      let first = watched(slab.tensor(at: 0)) { _ in lateWasHeld.atTheNext = late != nil }
      let object = Held()
      late = object
      return total(watched(first) { _ in withExtendedLifetime(object) { lateWasHeld.0 = true } })
    }
    #expect(lateWasHeld.atItsPullback)
    #expect(!lateWasHeld.atTheNext)
  }

  @Test func aTapeIsHeldAndTakenUpAgain() {
    let (generator, discriminator) = (ParameterSlab([2]), ParameterSlab([5]))
    let tape = Tape(watching: generator)
    let fakes = tape.record { product(generator.tensor(at: 0), Tensor([1], [3])) }

    var gradientReachedGenerator = false
    _ = valueAndGradients(of: discriminator) {
      let seen = watched(fakes) { _ in gradientReachedGenerator = true }
      return total(product(discriminator.tensor(at: 0), seen))
    }
    #expect(discriminator.gradientElements == [[6]])
    #expect(!gradientReachedGenerator)

    discriminator.update { $0[0] = 7 }
    var gradientReachedDiscriminator = false
    let loss = tape.record {
      let weight = watched(discriminator.tensor(at: 0)) { _ in gradientReachedDiscriminator = true }
      return total(product(weight, fakes))
    }
    _ = tape.gradients(of: loss)
    #expect(generator.gradientElements == [[21]])
    #expect(discriminator.gradientElements == [[6]])
    #expect(!gradientReachedDiscriminator)
  }

  @Test func opsWriteToTheInnermostTapeOnly() {
    let (outer, inner) = (ParameterSlab([2]), ParameterSlab([3]))
    let (value, _) = valueAndGradients(of: outer) {
      let x = outer.tensor(at: 0)
      _ = valueAndGradients(of: inner) { total(product(x, inner.tensor(at: 0))) }
      return total(product(x, x))
    }
    #expect(value == 4)
    #expect(outer.gradientElements == [[4]])
    #expect(inner.gradientElements == [[2]])
  }

  @Test func opsAfterTheLossHaveNoPart() {
    let slab = ParameterSlab([2])
    let tape = Tape(watching: slab)
    var hasRun = false
    let loss = tape.record {
      let loss = total(slab.tensor(at: 0))
      _ = watched(loss) { _ in hasRun = true }
      return loss
    }
    _ = tape.gradients(of: loss)
    #expect(!hasRun)
    #expect(slab.gradientElements == [[1]])
  }

  @Test func aParameterCanBeTheLoss() {
    let slab = ParameterSlab([2])
    _ = valueAndGradients(of: slab) { slab.tensor(at: 0) }
    #expect(slab.gradientElements == [[1]])
  }

  @Test func gradientsComeOnce() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let slab = ParameterSlab([2])
      let tape = Tape(watching: slab)
      let loss = tape.record { total(slab.tensor(at: 0)) }
      _ = tape.gradients(of: loss)
      _ = tape.gradients(of: loss)
    }
    #expect(failure?.standardErrorContent.says("has given its gradients already") == true)
  }

  @Test func aConstantLossIsRefused() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = valueAndGradients(of: ParameterSlab([2])) { Tensor([], [1]) }
    }
    #expect(failure?.standardErrorContent.says("a loss that this tape has not recorded") == true)
  }

  @Test func aParameterUpdatedMeanwhileIsRefused() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let slab = ParameterSlab([2])
      let tape = Tape(watching: slab)
      let loss = tape.record { total(product(slab.tensor(at: 0), slab.tensor(at: 0))) }
      slab.update { $0[0] = 3 }
      _ = tape.gradients(of: loss)
    }
    #expect(failure?.standardErrorContent.says("needs the parameters as they were") == true)
  }

  @Test func anUnwatchedParameterUpdatedMeanwhileIsRefused() async {
    let failure = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let (generator, discriminator) = (ParameterSlab([2]), ParameterSlab([5]))
      let tape = Tape(watching: generator)
      let loss = tape.record {
        total(product(generator.tensor(at: 0), discriminator.tensor(at: 0)))
      }
      discriminator.update { $0[0] = 3 }
      _ = tape.gradients(of: loss)
    }
    #expect(failure?.standardErrorContent.says("needs the parameters as they were") == true)
  }
}
