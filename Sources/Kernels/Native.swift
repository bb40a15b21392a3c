import KernelInterface

/// The kernels of this target's instruction set.
public var kernels: any KernelSet.Type { Native.self }

/// The kernels as this target's instruction set runs them.
///
/// Only straight code lives in this folder: raw pointers, SIMD and wrapping arithmetic. An array, a
/// closure or a sort would bring in generic code of the standard library as weak symbols that are
/// compiled for this instruction set, and the linker may hand those to the whole program.
enum Native: KernelSet {
  #if AVX512
    static let panelWidth = 64
  #else
    static let panelWidth = 16
  #endif
}
