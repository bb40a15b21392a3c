import Compute
import Testing

@testable import Autograd

@Suite struct GradientsTests {
  @Test func aSumWithItself() {
    let slab = ParameterSlab([1, 2])
    _ = valueAndGradients(of: slab) {
      let x = slab.tensor(at: 0)
      return total(sum(x, x))
    }
    #expect(slab.gradientElements == [[2, 2]])
  }

  /// An activation's gradient arrives twice as the very same values: the sum needs memory of its own.
  @Test func anActivationPlusItself() {
    let slab = ParameterSlab([1, 2])
    _ = valueAndGradients(of: slab) {
      let x = scaled(slab.tensor(at: 0), by: 3)
      return total(sum(x, x))
    }
    #expect(slab.gradientElements == [[6, 6]])
  }

  /// x + f(x): the gradient that f still reads must not grow under its hands.
  @Test func aSharedGradientIsNeverChanged() {
    let slab = ParameterSlab([1, 2])
    var seen: [[Float]] = []
    _ = valueAndGradients(of: slab) {
      let x = scaled(slab.tensor(at: 0), by: 1)
      let branch = watched(scaled(watched(x) { seen.append($0.elements) }, by: 10)) {
        seen.append($0.elements)
      }
      return total(scaled(sum(x, branch), by: 2))
    }
    #expect(seen == [[2, 2], [20, 20]])
    #expect(slab.gradientElements == [[22, 22]])
  }

  @Test func aReshapeFansOut() {
    let slab = ParameterSlab([1, 2, 3, 4])
    _ = valueAndGradients(of: slab) {
      let x = scaled(slab.tensor(at: 0), by: 1)
      let square = viewed(x, as: [2, 2])
      let column = viewed(x, as: [4, 1])
      return sum(total(product(square, square)), total(scaled(column, by: 3)))
    }
    #expect(slab.gradientElements == [[5, 7, 9, 11]])
  }

  @Test func aParameterUsedTwice() {
    let slab = ParameterSlab([1, 2], [5])
    _ = valueAndGradients(of: slab) {
      let x = slab.tensor(at: 0)
      let y = scaled(slab.tensor(at: 0), by: 4)
      return sum(total(scaled(x, by: 3)), total(y))
    }
    #expect(slab.gradientElements == [[7, 7], [0]])
  }

  @Test func anUnusedParameterGetsZeros() {
    let slab = ParameterSlab([1], [2])
    _ = valueAndGradients(of: slab) { total(product(slab.tensor(at: 0), slab.tensor(at: 1))) }
    #expect(slab.gradientElements == [[2], [1]])
    _ = valueAndGradients(of: slab) { total(slab.tensor(at: 0)) }
    #expect(slab.gradientElements == [[1], [0]])
  }

  /// The parts of a batch give the mean of their gradients; what only some of them use, its share.
  @Test func microBatchesAccumulate() {
    let slab = ParameterSlab([1, 2], [5], [7])
    slab.gradients.base.update(repeating: 100, count: slab.count)
    let (value, _) = valueAndGradients(of: slab, microBatches: 4) { part in
      let x = slab.tensor(at: 0)
      let loss = total(scaled(x, by: Float(part)))
      return part == 2 ? sum(loss, total(slab.tensor(at: 1))) : loss
    }
    #expect(slab.gradientElements == [[1.5, 1.5], [0.25], [0]])
    #expect(value == 5.75)
  }

  @Test func theGradientOfAWatchedInput() {
    let tape = Tape()
    let (x, unused) = (tape.watch(Values([2], [3, 4])), tape.watch(Values([3])))
    let loss = tape.record { total(product(x, x)) }
    let gradients = tape.gradients(of: loss)
    #expect(gradients[x].elements == [6, 8])
    #expect(gradients[unused].elements == [0, 0, 0])
  }

  @Test func aCotangentWeighsTheResult() {
    let tape = Tape()
    let x = tape.watch(Values([2], [3, 4]))
    let y = tape.record { product(x, x) }
    #expect(tape.gradients(of: y, cotangent: Values([2], [1, 10]))[x].elements == [6, 80])
  }

  @Test func nothingIsComputedForAConstant() {
    let slab = ParameterSlab([1])
    let constant = Tensor([1], [5])
    var isWanted: [Bool] = []
    _ = valueAndGradients(of: slab) {
      let x = slab.tensor(at: 0)
      return record(Values([], [5]), from: x, constant) { _, gradients in
        isWanted = [gradients.isWanted(for: x), gradients.isWanted(for: constant)]
        gradients.write(to: constant) { _, _ in Issue.record("written to a constant") }
        gradients.write(to: x) { destination, _ in destination[0] = 1 }
      }
    }
    #expect(isWanted == [true, false])
  }

  /// Once nobody else reads a sum, what comes is added where it lies, without a copy.
  @Test func aSumOfItsOwnGrowsInPlace() {
    let slab = ParameterSlab([1, 2])
    var places: [(UnsafeMutablePointer<Float>, accumulate: Bool)] = []
    func branch(_ x: Tensor) -> Tensor {
      record(x.values, from: x) { dy, gradients in
        gradients.write(to: x) { dx, accumulate in
          places.append((dx, accumulate))
          for i in 0..<2 { dx[i] = (accumulate ? dx[i] : 0) + dy.pointer[i] }
        }
      }
    }
    _ = valueAndGradients(of: slab) {
      let x = scaled(slab.tensor(at: 0), by: 1)
      return total(sum(sum(branch(x), branch(x)), branch(x)))
    }
    #expect(slab.gradientElements == [[3, 3]])
    #expect(places.map(\.accumulate) == [false, true, true])
    #expect(Set(places.map(\.0)).count == 1)
  }
}
