import ArgumentParser
import Compute
import Datasets
import Files
import Images
import Models
import Runs
import Training

/// The numbers that the program ends with, after BSD's sysexits.
enum ExitStatus: Int32, CaseIterable {
  /// The run failed: it diverged, or a check was not met.
  case failed = 1
  /// A wrong flag, command or --set.
  case usage = 64
  /// Bad data, recipe or checkpoint.
  case badData = 65
  /// An input is missing.
  case missingInput = 66
  /// The processor is none that there are kernels for.
  case unavailable = 69
  /// A defect of ours.
  case defect = 70
  /// The system has no more memory, threads or processes.
  case shortage = 71
  /// An output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed midway.
  case cannotWrite = 74
  /// The run is locked.
  case locked = 75

  /// What it says, for the manual.
  var meaning: String {
    switch self {
    case .failed: "The run failed: it diverged, or a check was not met."
    case .usage: "A flag, a command or --set is wrong."
    case .badData: "Data, a recipe or a checkpoint is bad."
    case .missingInput: "An input is missing."
    case .unavailable: "The processor has neither AVX2 nor what else gen has kernels for."
    case .defect: "A defect of gen."
    case .shortage: "The system gives no more memory, threads or processes."
    case .cannotCreate: "An output cannot be created."
    case .cannotWrite: "Reading or writing failed midway."
    case .locked: "The run is locked by another process."
    }
  }

  /// Ends the program, after it has said what is wrong on standard error. That standard output has not
  /// taken what was printed is wrong, too, whatever else is; that nobody reads it ends it in silence.
  static func exit(with error: (any Error)? = nil) -> Never {
    var status = error.map(tell) ?? ExitCode.success.rawValue
    do { try StandardOutput.finish() } catch { status = tell(error) }
    Gen.exit(withError: ExitCode(status))
  }

  /// Says what is wrong on standard error; help and the like go to standard output.
  /// - Returns: What the program ends with.
  private static func tell(_ error: any Error) -> Int32 {
    if error is ClosedPipe { Interrupts.endByClosedPipe() }
    guard let status = ExitStatus(error) else { return tellAsParser(error) }
    let text = Mistakes.quoting("\(error)\(Mistakes.suggestion(after: error))")
    // What a file says may be quoted, and be a megabyte long.
    let shown = text.utf8.count > 16_384 ? text.prefix(4000) + " ..." : text[...]
    writeToStandardError("gen: \(status == .defect ? "a defect of gen: " : "")\(lines: shown)\n")
    return status.rawValue
  }

  /// Says what the argument parser does, and what may add to it.
  private static func tellAsParser(_ error: any Error) -> Int32 {
    let (message, code) = (Gen.fullMessage(for: error), Gen.exitCode(for: error))
    if message.isEmpty { return code.rawValue }
    if code == .success {
      print(lines: message)
    } else {
      let text = Mistakes.quoting(Mistakes.withSuggestion(message))
      writeToStandardError("\(lines: text)\n")
    }
    return code.rawValue
  }

  /// The status of an error of ours; nil for the argument parser's own.
  private init?(_ error: any Error) {
    switch error {
    case let error as FileError:
      switch error.kind {
      case .missing: self = .missingInput
      case .badData: self = .badData
      case .cannotCreate: self = .cannotCreate
      case .cannotRead, .cannotWrite, .lost: self = .cannotWrite
      case .locked: self = .locked
      }
    case let error as RecipeError: self = error.kind == .usage ? .usage : .badData
    case let error as DatasetError: self = error.kind == .missing ? .missingInput : .badData
    case let error as ImageError:
      switch error.kind {
      case .missing: self = .missingInput
      case .unwritable: self = .cannotCreate
      default: self = .badData
      }
    case is RecipeProblem, is MemoryShortage: self = .badData
    case let error as InstructionSet.Unavailable:
      self = error.isOfProcessor ? .unavailable : .usage
    case is UsageError, is SamplingError: self = .usage
    case is Diverged, is NumericalFault: self = .failed
    case is SystemShortage: self = .shortage
    case is ExitCode: return nil
    default:
      // The parser gives its own errors, and help, other statuses than that of a failure.
      guard Gen.exitCode(for: error) == .failure else { return nil }
      self = .defect
    }
  }
}

/// A command line that is well formed but asks for what cannot be.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
