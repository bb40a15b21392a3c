/// The inner loops of one instruction set, as one table of functions.
///
/// The folder Kernels implements it and is compiled once for each instruction set; Compute picks an
/// implementation when the program starts and calls through it. All sizes are in elements and all
/// arrays are of 32-bit floats unless a parameter says otherwise. A kernel runs on one thread, checks
/// nothing, allocates nothing, and gives the same bits for every instruction set.
public protocol KernelSet:
  ActivationKernels,
  AttentionKernels,
  BenchmarkKernels,
  ChannelNormKernels,
  ElementwiseKernels,
  LayerNormKernels,
  LossKernels,
  MathKernels,
  MatrixKernels,
  OptimizerKernels,
  RandomKernels,
  RecurrentKernels,
  ReductionKernels,
  ResamplingKernels,
  RotaryKernels,
  SoftmaxKernels,
  WinogradKernels
{
}
