import Compute

/// The same elements under another shape; nothing is copied, the gradient included.
public func reshape(_ x: Tensor, to shape: [Int]) -> Tensor {
  let recompute = x.recomputed.map { recomputed in { recomputed.values.reshaped(shape) } }
  let y = record(.reshape, x.values.reshaped(shape), from: x, recompute: recompute) {
    [x = x.gradientTarget] dy, gradients in
    gradients.pass(dy, to: x)
  }
  // The view of a parameter still depends on the parameter's version.
  return Tensor(y.values, at: y.node, stamp: x.stamp, recomputed: y.recomputed)
}

/// Arrays side by side along `axis`, such as the channels of images (-1, the last); their other
/// dimensions agree.
public func concatenate(_ parts: [Tensor], axis: Int = -1) -> Tensor {
  precondition(!parts.isEmpty, "concatenate: no arrays")
  var shape = parts[0].shape
  let axis = resolved(axis, shape, "concatenate")
  shape[axis] = 0
  for part in parts {
    var other = part.shape
    precondition(other.count == shape.count, "concatenate: \(parts.map(\.shape)) along \(axis)")
    shape[axis] += other[axis]
    other[axis] = shape[axis]
    precondition(other == shape, "concatenate: \(parts.map(\.shape)) along axis \(axis)")
  }
  let ends = parts.indices.map { last in parts[...last].reduce(0) { $0 + $1.shape[axis] } }
  let ranges = zip(ends, parts).map { end, part in end - part.shape[axis]..<end }
  func output(_ parts: [Values], _ shape: [Int]) -> Values {
    let y = Values(shape)
    for (part, range) in zip(parts, ranges) {
      Blocks(of: y, axis: axis, range: range).scatter(part)
    }
    return y
  }
  let y = output(parts.map(\.values), shape)
  // Parts are often kept by others, too, such as those that a UNet carries across.
  let recompute = { [shape, parts = parts.map(\.saved)] in output(parts.map(\.values), shape) }
  return record(.concatenate, y, from: parts, recompute: recompute) {
    [parts = parts.map(\.gradientTarget)] dy, gradients in
    for (part, range) in zip(parts, ranges) where gradients.isWanted(for: part) {
      gradients.pass(Blocks(of: dy, axis: axis, range: range).gathered(part.shape), to: part)
    }
  }
}

/// The elements of x whose place along `axis` lies in `range`.
public func slice(_ x: Tensor, axis: Int = -1, _ range: Range<Int>) -> Tensor {
  let axis = resolved(axis, x.shape, "slice")
  precondition(
    range.lowerBound >= 0 && range.upperBound <= x.shape[axis],
    "slice: \(range) of axis \(axis) of \(x.shape)")
  var shape = x.shape
  shape[axis] = range.count
  let y = Blocks(of: x.values, axis: axis, range: range).gathered(shape)
  return record(.slice, y, from: x) { [x = x.gradientTarget] dy, gradients in
    let dx = Values.zeros(x.shape)
    Blocks(of: dx, axis: axis, range: range).scatter(dy)
    gradients.pass(dx, to: x)
  }
}

/// The axis counted from the first; a negative one counts from the end.
private func resolved(_ axis: Int, _ shape: [Int], _ op: String) -> Int {
  let resolved = axis < 0 ? axis + shape.count : axis
  precondition(shape.indices.contains(resolved), "\(op): axis \(axis) of \(shape)")
  return resolved
}

/// The part of an array that a range of one axis takes in: blocks at equal distances.
private struct Blocks {
  let start: UnsafeMutablePointer<Float>
  let count: Int
  let length: Int
  let distance: Int

  init(of whole: Values, axis: Int, range: Range<Int>) {
    let inner = whole.shape[(axis + 1)...].reduce(1, *)
    count = whole.shape[..<axis].reduce(1, *)
    length = range.count * inner
    distance = whole.shape[axis] * inner
    start = whole.storage.base + range.lowerBound * inner
  }

  /// The blocks one after the other.
  func gathered(_ shape: [Int]) -> Values {
    Values(shape) {
      Elementwise.copyRows(
        start, distance: distance, into: $0, distance: length, rows: count, columns: length)
    }
  }

  /// Fills the blocks from an array that has them one after the other.
  func scatter(_ source: Values) {
    Elementwise.copyRows(
      source.pointer, distance: length, into: start, distance: distance, rows: count,
      columns: length)
  }
}
