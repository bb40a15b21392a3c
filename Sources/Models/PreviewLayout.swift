/// How a grid of images shows what a model can do.
public struct PreviewLayout: Equatable, Sendable {
  /// Images to a row: one of each class, if these are not too many.
  public let columns: Int
  /// How many images there are.
  public let count: Int
  /// The class of each image, in turn; nil where there are none.
  public let classes: [Int32]?

  /// The grid of a model that knows so many classes, nil for none; of so many images, nil for whole rows, 64 or somewhat
  /// less.
  public init(classes: Int?, count: Int? = nil) {
    let columns = classes.flatMap { (2...16).contains($0) ? $0 : nil } ?? 8
    let count = count ?? 64 / columns * columns
    (self.columns, self.count) = (min(columns, count), count)
    self.classes = classes.map { known in (0..<count).map { Int32($0 % known) } }
  }
}
