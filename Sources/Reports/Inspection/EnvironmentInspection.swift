import Files
import Foundation
import Runs

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
    "\(oneLine(path)):\n"
      + table((environment.facts + environment.place).map { ["\($0.name):", $0.value] })
  }
}

extension RunEnvironment {
  /// Where the data is, for those who sit at this machine.
  var place: [(name: String, value: String)] { dataPath.map { [("data path", $0)] } ?? [] }

  /// All that is known, by name.
  public var facts: [(name: String, value: String)] {
    var facts = [
      (name: "started", value: started.toTheSecond), ("version", "gen \(version)"),
    ]
    if let source {
      facts.append(("commit", source.commit + (source.isModified == true ? ", modified" : "")))
    }
    facts += [
      ("compiler", compiler), ("processor", processor),
      ("instructions", "\(instructionSet), \(threads) threads"), ("system", system),
    ]
    // Where the data is, is for this machine alone: pages show these facts to others.
    if let dataCount {
      let heldOut = heldOutCount.map { ", \(brief(Double($0))) held out" } ?? ""
      facts.append(("data", "\(brief(Double(dataCount))) to learn from\(heldOut)"))
    }
    if let dataHash {
      let heldOut = heldOutHash.map { ", held out \($0)" } ?? ""
      facts.append(("checksum", "\(dataHash)\(heldOut)"))
    }
    return facts
  }
}
