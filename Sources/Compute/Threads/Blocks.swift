/// A range of work cut into blocks of nearly equal length.
///
/// The cut depends on the amount of work alone, never on the number of threads.
struct Blocks {
  let total: Int
  /// The length of all blocks but the last.
  let length: Int
  let count: Int

  /// Blocks of at most `target`, but for rounding up to a multiple of `multiple`.
  init(_ total: Int, target: Int, multiple: Int = 1) {
    precondition(total >= 0 && target > 0 && multiple > 0, "\(total) in blocks of \(target)")
    self.total = total
    let wanted = max(1, (total + target - 1) / target)
    let even = (total + wanted - 1) / wanted
    length = max(multiple, (even + multiple - 1) / multiple * multiple)
    count = (total + length - 1) / length
  }

  /// The part of the work that is block `index`.
  func range(_ index: Int) -> Range<Int> {
    index * length..<min(total, (index + 1) * length)
  }
}
