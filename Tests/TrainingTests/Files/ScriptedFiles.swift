import Synchronization
import Training

/// A change to the file system; a file is known by a number of its own, since its name may change.
enum Operation: Hashable {
  case createFolder(String)
  case create(String, file: Int)
  case write(file: Int, [UInt8])
  case sync(file: Int, String)
  case rename(String, to: String)
  case syncFolder(String)
  case remove(String)
  case link(String, to: String)

  var isSync: Bool {
    switch self {
    case .sync, .syncFolder: true
    default: false
    }
  }
}

/// The file system with a record of all operations, and with failures where a script wants them.
final class ScriptedFiles: FileOperations {
  private struct State {
    var operations: [Operation] = []
    var numbers: [Int32: Int] = [:]
    var files = 0
  }
  private let state = Mutex(State())
  private let system = SystemFiles()
  private let fails: @Sendable (_ index: Int, Operation) -> Bool

  init(failing fails: @escaping @Sendable (_ index: Int, Operation) -> Bool = { _, _ in false }) {
    self.fails = fails
  }

  /// What was asked for so far, also what failed.
  var operations: [Operation] { state.withLock { $0.operations } }

  private func perform<Result>(
    _ operation: Operation, _ body: () throws(FileError) -> Result
  ) throws(FileError) -> Result {
    let index = state.withLock { state in
      state.operations.append(operation)
      return state.operations.count - 1
    }
    if fails(index, operation) {
      throw FileError(.cannotWrite, "\(operation)", "fails by the test's will")
    }
    return try body()
  }

  private func number(_ file: OpenFile) -> Int {
    state.withLock { $0.numbers[file.descriptor] ?? -1 }
  }

  func create(_ path: String) throws(FileError) -> OpenFile {
    let number = state.withLock { state in
      state.files += 1
      return state.files
    }
    let file = try perform(.create(path, file: number)) { () throws(FileError) in
      try system.create(path)
    }
    state.withLock { $0.numbers[file.descriptor] = number }
    return file
  }

  func openToAppend(_ path: String) throws(FileError) -> OpenFile { try system.openToAppend(path) }

  func write(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) {
    try perform(.write(file: number(file), Array(bytes))) { () throws(FileError) in
      try system.write(bytes, to: file)
    }
  }

  func sync(_ file: OpenFile) throws(FileError) {
    // The disk's own part is left out: what a test asks is whether it was asked for.
    try perform(.sync(file: number(file), file.path)) {}
  }

  func close(_ file: OpenFile) { system.close(file) }

  func rename(_ path: String, to newPath: String) throws(FileError) {
    try perform(.rename(path, to: newPath)) { () throws(FileError) in
      try system.rename(path, to: newPath)
    }
  }

  func createFolder(_ path: String) throws(FileError) {
    try perform(.createFolder(path)) { () throws(FileError) in
      try system.createFolder(path)
    }
  }

  func syncFolder(_ path: String) throws(FileError) {
    try perform(.syncFolder(path)) {}
  }

  func remove(_ path: String) throws(FileError) {
    try perform(.remove(path)) { () throws(FileError) in try system.remove(path) }
  }

  func link(_ path: String, to target: String) throws(FileError) {
    try perform(.link(path, to: target)) { () throws(FileError) in
      try system.link(path, to: target)
    }
  }
}
