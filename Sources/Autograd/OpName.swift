/// The ops of this library, as tapes and messages name them.
///
/// Each has at least one row in the table of op cases, which tests its value and its gradient.
package enum OpName: String, CaseIterable, Sendable {
  case activation
  case activationTangent
  case add
  case affine
  case attention
  case batchNorm
  case batchNormInference
  case binaryCrossEntropy
  case concatenate
  case conv2D
  case convTranspose2D
  case crossEntropy
  case distort
  case dropout
  case embedding
  case globalAveragePool
  case groupNorm
  case gru
  case layerNorm
  case linear
  case logSoftmax
  case lstm
  case matmul
  case mean
  case meanSquaredError
  case multiply
  case mlp
  case reshape
  case resizeBilinear
  case rmsNorm
  case rotary
  case slice
  case softmax
  case spectralNorm
  case subtract
  case sum
  case swiglu
  case upsampleNearest
  case weightedMeanSquaredError
}
