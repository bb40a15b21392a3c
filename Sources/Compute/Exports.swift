// The words of the kernels' interface that Compute's own takes up, so that callers need not import
// both.
@_exported import enum KernelInterface.Activation
@_exported import enum KernelInterface.Combination
@_exported import enum KernelInterface.ElementaryFunction
@_exported import enum KernelInterface.Transformation
