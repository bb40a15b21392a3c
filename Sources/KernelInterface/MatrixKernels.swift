/// The matrix product's micro-kernel and the copies that prepare its operands.
public protocol MatrixKernels {
  /// How many columns a full panel of the right operand has: a multiple of 16.
  static var panelWidth: Int { get }
}
