/// How a grid of images shows what a model can do.
public struct PreviewLayout {
  /// Images to a row: one of each class, if these are not too many.
  public let columns: Int
  /// The class of each image, in turn; nil where there are none.
  public let classes: [Int32]?
  /// How many images there are: whole rows, 64 or somewhat less.
  public var count: Int { 64 / columns * columns }

  /// The grid of a model that knows so many classes; nil for none.
  public init(classes: Int?) {
    columns = classes.flatMap { (2...16).contains($0) ? $0 : nil } ?? 8
    let count = 64 / columns * columns
    self.classes = classes.map { known in (0..<count).map { Int32($0 % known) } }
  }
}
