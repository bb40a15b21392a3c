/// The ops of this library, as tapes and messages name them.
///
/// Each has at least one row in the table of op cases, which tests its value and its gradient.
package enum OpName: String, CaseIterable, Sendable {
  case activation
  case add
  case affine
  case batchNorm
  case batchNormInference
  case concatenate
  case conv2D
  case convTranspose2D
  case dropout
  case embedding
  case groupNorm
  case linear
  case matrixProduct
  case mean
  case multiply
  case reshape
  case slice
  case subtract
  case sum
}
