import KernelInterface

extension Native: RotaryKernels {
  static func rotate(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ position: RotaryPosition
  ) {
    let (size, half) = (position.headSize, position.headSize &>> 1)
    for head in 0..<2 &* position.heads {
      let start = head &* size
      var turn = TurnLoop(
        x: x + start, y: y + start, turns: position.turns, half: half,
        inverse: inverseRoot(x + start, position))
      turn.run(half)
    }
    let values = 2 &* position.heads &* size
    var copy = CopyLoop(x: x + values, y: y + values, accumulate: false)
    copy.run(position.heads &* size)
  }

  static func rotateGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    accumulate: Bool, _ position: RotaryPosition
  ) {
    let (size, half) = (position.headSize, position.headSize &>> 1)
    for head in 0..<2 &* position.heads {
      let start = head &* size
      let back = TurnBack(dy: dy + start, turns: position.turns, half: half)
      if position.epsilon == nil {
        var plain = TurnBackLoop(turn: back, dx: dx + start, accumulate: accumulate)
        plain.run(half)
      } else {
        let inverse = inverseRoot(x + start, position)
        var products = TurnedProductLoop(turn: back, x: x + start)
        products.run(half)
        let share = sum(products.total) * inverse * inverse / Float(size)
        var gradient = NormTurnBackLoop(
          turn: back, x: x + start, dx: dx + start, accumulate: accumulate, inverse: inverse,
          share: share)
        gradient.run(half)
      }
    }
    let values = 2 &* position.heads &* size
    var copy = CopyLoop(x: dy + values, y: dx + values, accumulate: accumulate)
    copy.run(position.heads &* size)
  }

  /// 1 / sqrt(mean(x^2) + epsilon) of a head, or 1 without a norm.
  @inline(always)
  private static func inverseRoot(
    _ x: UnsafePointer<Float>, _ position: RotaryPosition
  ) -> Float {
    guard let epsilon = position.epsilon else { return 1 }
    var squares = ProductLoop(a: x, b: x)
    squares.run(position.headSize)
    return 1 / (sum(squares.total) / Float(position.headSize) + epsilon).squareRoot()
  }
}

/// y = x inverse, its halves turned against each other.
private struct TurnLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let turns: UnsafePointer<Float>
  let half: Int
  let inverse: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let first = load(x + i, left: left) * inverse
    let second = load(x + (half &+ i), left: left) * inverse
    let (cosine, sine) = (load(turns + i, left: left), load(turns + (half &+ i), left: left))
    store(fma(first, cosine, -(second * sine)), y + i, left: left)
    store(fma(second, cosine, first * sine), y + (half &+ i), left: left)
  }
}

/// The gradient of a head before its turn.
private struct TurnBack {
  let dy: UnsafePointer<Float>
  let turns: UnsafePointer<Float>
  let half: Int

  @inline(always)
  func callAsFunction(_ i: Int, left: Int) -> (first: Vector, second: Vector) {
    let (first, second) = (load(dy + i, left: left), load(dy + (half &+ i), left: left))
    let (cosine, sine) = (load(turns + i, left: left), load(turns + (half &+ i), left: left))
    return (fma(first, cosine, second * sine), fma(second, cosine, -(first * sine)))
  }
}

private struct TurnBackLoop: VectorLoop {
  let turn: TurnBack
  let dx: UnsafeMutablePointer<Float>
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let (first, second) = turn(i, left: left)
    store(first, dx + i, left: left, accumulate: accumulate)
    store(second, dx + (turn.half &+ i), left: left, accumulate: accumulate)
  }
}

/// The sum of x g, with g the gradient before the turn.
private struct TurnedProductLoop: VectorLoop {
  let turn: TurnBack
  let x: UnsafePointer<Float>
  var total = Vector.zero

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let (first, second) = turn(i, left: left)
    total = fma(first, load(x + i, left: left), total)
    total = fma(second, load(x + (turn.half &+ i), left: left), total)
  }
}

/// dx = (g - share x) inverse, where the share is mean(g n) inverse with n the normalized x.
private struct NormTurnBackLoop: VectorLoop {
  let turn: TurnBack
  let x: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let accumulate: Bool
  let inverse: Float
  let share: Float

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    let (first, second) = turn(i, left: left)
    let j = turn.half &+ i
    let dFirst = fma(load(x + i, left: left), -share, first) * inverse
    let dSecond = fma(load(x + j, left: left), -share, second) * inverse
    store(dFirst, dx + i, left: left, accumulate: accumulate)
    store(dSecond, dx + j, left: left, accumulate: accumulate)
  }
}

private struct CopyLoop: VectorLoop {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let accumulate: Bool

  @inline(always)
  mutating func step(_ i: Int, left: Int) {
    store(load(x + i, left: left), y + i, left: left, accumulate: accumulate)
  }
}
