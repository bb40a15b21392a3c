import ArgumentParser
import Files

/// The flag of the commands that write a page.
struct PageFlags: ParsableArguments {
  @Flag(help: "Open the page in a browser: the one that $BROWSER names, or the desktop's.")
  var open = false

  /// Makes sure that a page has a place where a browser finds it.
  /// - Parameter output: Where the page goes; nil where it goes to a file of the usual name.
  /// - Throws: `UsageError`.
  func check(_ output: String?) throws {
    guard open, let output, Output.isStream(output) else { return }
    throw UsageError("--open needs a file that a browser can read: name another than \(output)")
  }

  /// Opens a page, if that is asked for.
  /// - Throws: `FileError` where there is no browser; `SystemShortage`.
  func show(_ path: String) throws {
    guard open else { return }
    #if os(macOS)
      let usual = "open"
    #else
      let usual = "xdg-open"
    #endif
    let named = environmentVariable("BROWSER").flatMap { $0.isEmpty ? nil : $0 }
    let browser = named ?? usual
    let ending: ChildProcess.Ending
    do { ending = try ChildProcess(program: browser, [path]).end() } catch let error as FileError {
      throw FileError(
        error.kind, error.path, "\(error.message); let $BROWSER name a browser, or open \(path)")
    }
    guard ending == .exited(0) else {
      throw FileError(.missing, browser, "has not opened \(path)")
    }
  }
}
