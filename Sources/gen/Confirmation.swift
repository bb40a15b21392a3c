import CLibrary
import Files

/// What is asked before something goes that cannot be had back.
enum Confirmation {
  /// Says what would be done, and asks whether to; with --yes, nothing is asked or said.
  /// - Throws: `UsageError` where there is no terminal to ask on.
  static func isGiven(_ plan: [Message], _ question: Message, yes: Bool) throws -> Bool {
    if yes { return true }
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      for line in plan { writeToStandardError("\(line)\n" as Message) }
      throw UsageError("nothing was removed: there is no terminal to ask on, and no --yes")
    }
    for line in plan { writeToStandardError("\(line)\n" as Message) }
    writeToStandardError("\(question) [y/N] " as Message)
    guard let answer = readLine() else {
      writeToStandardError("\n" as Message)
      return false
    }
    return ["y", "yes"].contains(answer.trimmed.lowercased())
  }
}
