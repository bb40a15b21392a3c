import CLibrary
import Files

/// The words of the command line and the environment, which the system hands over as bytes.
enum Arguments {
  /// What the program reads of its environment, but for what libraries do.
  private static let variables = ["GEN_HOME", "GEN_ISA", "SOURCE_DATE_EPOCH"]

  /// Makes sure that the words are text. Swift would put other characters in place of what is none, and
  /// the program would look for, or make, files of names that nobody gave.
  /// - Throws: `UsageError` that shows the first that is none.
  static func checkText() throws {
    for number in 1..<max(1, Int(CommandLine.argc)) {
      guard let word = CommandLine.unsafeArgv[number] else { continue }
      try check(word) { "argument \(number) is \($0), which" }
    }
    for name in variables { try checkText(ofVariable: name) }
  }

  /// Makes sure that a variable of the environment, where it is set, is text.
  /// - Throws: `UsageError` that shows it.
  static func checkText(ofVariable name: String) throws {
    guard let value = getenv(name) else { return }
    try check(value) { "the variable \(name) is \($0), which" }
  }

  private static func check(
    _ word: UnsafePointer<CChar>, _ subject: (BytePath) -> String
  ) throws {
    let path = BytePath(bytes: UnsafeRawBufferPointer(start: word, count: strlen(word)))
    guard path.text == nil else { return }
    throw UsageError(
      "\(subject(path)) is not UTF-8, as all that runs keep must be; a file of such a name is found "
        + "in the folder that it is in, or by a link of another name: ln -s")
  }
}
