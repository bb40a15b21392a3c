/// The ops of this library, as tapes and messages name them.
///
/// Each has at least one row in the table of op cases, which tests its value and its gradient.
package enum OpName: String, CaseIterable, Sendable {
  case concatenate
  case dropout
  case matrixProduct
  case reshape
  case slice
}
