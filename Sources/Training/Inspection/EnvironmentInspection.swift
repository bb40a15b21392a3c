import Foundation

/// Where and with what a run was started: `environment.json`.
public struct EnvironmentInspection: Inspection {
  let kind = "environment"
  let path: String
  let environment: RunEnvironment

  /// Reads the file.
  /// - Throws: `FileError` when it cannot be read, or is none.
  public init(path: String) throws {
    self.path = path
    environment = try RunEnvironment(path: path)
  }

  /// All that it says.
  public func text(_ style: TerminalStyle) -> String {
    "\(path):\n"
      + table(environment.facts.map { ["\($0.name):", $0.value] })
  }
}

extension RunEnvironment {
  /// All that is known, by name.
  public var facts: [(name: String, value: String)] {
    var facts = [
      (name: "started", value: started.formatted(.iso8601)), ("version", "gen \(version)"),
    ]
    if let source {
      facts.append(("commit", source.commit + (source.isModified == true ? ", modified" : "")))
    }
    facts += [
      ("compiler", compiler), ("processor", processor),
      ("instructions", "\(instructionSet), \(threads) threads"), ("system", system),
    ]
    if let dataHash { facts.append(("data", "checksum \(dataHash)")) }
    return facts
  }
}
