import CLibrary
import CProcessor
import KernelInterface
import Synchronization

#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
#else
  import Kernels
#endif

/// The vector instructions that the kernels may use.
public enum InstructionSet: String, CaseIterable, Sendable {
  case avx2
  case avx512
  case neon

  /// Those that this processor has, the best one last.
  public static let available: [InstructionSet] = {
    #if arch(x86_64)
      return (processor_has_avx2() ? [.avx2] : []) + (processor_has_avx512() ? [.avx512] : [])
    #else
      return [.neon]
    #endif
  }()

  /// The one in use: what the environment variable `GEN_ISA` names, or else the best.
  ///
  /// Results are the same bits whichever it is. Tests change it; an operation reads it once.
  public static var current: InstructionSet {
    get { allCases[selected.load(ordering: .relaxed)] }
    set {
      precondition(available.contains(newValue), "this processor lacks \(newValue.rawValue)")
      selected.store(newValue.index, ordering: .relaxed)
    }
  }

  /// Its index: tests change it while others compute.
  private static let selected: Atomic<Int> = {
    do { return Atomic(try fromEnvironment().index) } catch { preconditionFailure("\(error)") }
  }()

  private var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// What the environment variable `GEN_ISA` names, or else the best one.
  /// - Throws: `Unavailable` when this processor lacks it, or the program has no kernels for it.
  public static func fromEnvironment() throws(Unavailable) -> InstructionSet {
    guard let best = available.last else { throw Unavailable(name: nil) }
    guard let name = getenv("GEN_ISA").map({ String(cString: $0) }), !name.isEmpty else {
      return best
    }
    guard let named = available.first(where: { $0.rawValue == name }) else {
      throw Unavailable(name: name)
    }
    return named
  }

  /// An instruction set that cannot be used here.
  public struct Unavailable: Error, CustomStringConvertible {
    let name: String?

    /// Whether the processor has none that there are kernels for, rather than not the one that was named.
    public var isOfProcessor: Bool { name == nil }

    /// What is wrong and what to do.
    public var description: String {
      guard let name else {
        return "this processor has neither AVX2 with FMA nor AVX-512, which the kernels need"
      }
      let names = InstructionSet.available.map(\.rawValue).joined(separator: " or ")
      return "GEN_ISA=\(name) cannot be used on this processor: name \(names), or leave it unset"
    }
  }

  /// The kernels compiled for this instruction set.
  var kernels: any KernelSet.Type {
    #if arch(x86_64)
      return self == .avx512 ? KernelsAVX512.kernels : KernelsAVX2.kernels
    #else
      return Kernels.kernels
    #endif
  }
}
