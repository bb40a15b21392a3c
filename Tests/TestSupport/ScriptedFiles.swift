import Compute
import Files
import Foundation

/// A change to the file system; a file is known by a number of its own, since its name may change, and a
/// place in a folder that is held by the path that it has then.
package enum DiskOperation: Hashable {
  case createFolder(String)
  case create(String, file: Int)
  case overwrite(String, file: Int)
  case openToAppend(String, file: Int)
  case write(file: Int, [UInt8])
  case sync(file: Int, String)
  case rename(String, to: String)
  case syncFolder(String)
  case remove(String)
  case link(String, to: String)

  /// It without the bytes.
  package var brief: String {
    guard case .write(let file, let bytes) = self else { return "\(self)" }
    return "write(file: \(file), \(bytes.count) bytes)"
  }

  package var isSync: Bool {
    switch self {
    case .sync, .syncFolder: true
    default: false
    }
  }
}

/// How an operation goes wrong.
package enum Fault: CaseIterable {
  case inputOutput, diskFull, interruption, shortWrite

  fileprivate var code: Int32 {
    switch self {
    case .inputOutput: EIO
    case .diskFull: ENOSPC
    case .interruption, .shortWrite: EINTR
    }
  }
}

/// The file system with a record of all operations, and with faults where a script wants them.
package final class ScriptedFiles: FileOperations {
  private struct State {
    var operations: [DiskOperation] = []
    var numbers: [Int32: Int] = [:]
    var files = 0
  }
  private let state = Locked(State())
  private let system = SystemFiles()
  private let fault: @Sendable (_ index: Int, DiskOperation) -> Fault?

  package init(
    faults fault: @escaping @Sendable (_ index: Int, DiskOperation) -> Fault? = { _, _ in nil }
  ) {
    self.fault = fault
  }

  package convenience init(failing fails: @escaping @Sendable (_ index: Int, DiskOperation) -> Bool)
  {
    self.init(faults: { fails($0, $1) ? .inputOutput : nil })
  }

  /// What was asked for so far, also what failed; of a short write, what was written.
  package var operations: [DiskOperation] { state.withLock { $0.operations } }

  private func perform<Result>(
    _ operation: DiskOperation, _ body: () throws(FileError) -> Result
  ) throws(FileError) -> Result {
    let index = state.withLock { state in
      state.operations.append(operation)
      return state.operations.count - 1
    }
    if let fault = fault(index, operation), fault != .shortWrite {
      throw FileError(.cannotWrite, "operation \(index)", cannot: "do it", code: fault.code)
    }
    return try body()
  }

  private func number(_ file: OpenFile) -> Int {
    state.withLock { $0.numbers[file.descriptor] ?? -1 }
  }

  private func nextNumber() -> Int {
    state.withLock { state in
      state.files += 1
      return state.files
    }
  }

  private func open(
    _ operation: (_ number: Int) -> DiskOperation, _ body: () throws(FileError) -> OpenFile
  ) throws(FileError) -> OpenFile {
    let number = nextNumber()
    let file = try perform(operation(number), body)
    state.withLock { $0.numbers[file.descriptor] = number }
    return file
  }

  package func create(_ place: Place) throws(FileError) -> OpenFile {
    try open({ .create(place.path, file: $0) }) { () throws(FileError) in
      try system.create(place)
    }
  }

  package func overwrite(_ place: Place) throws(FileError) -> OpenFile {
    try open({ .overwrite(place.path, file: $0) }) { () throws(FileError) in
      try system.overwrite(place)
    }
  }

  package func openToAppend(_ place: Place) throws(FileError) -> OpenFile {
    try open({ .openToAppend(place.path, file: $0) }) { () throws(FileError) in
      try system.openToAppend(place)
    }
  }

  package func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError)
    -> Int
  {
    let index = state.withLock { $0.operations.count }
    var bytes = bytes
    switch fault(index, .write(file: number(file), Array(bytes))) {
    case .interruption:
      state.withLock { $0.operations.append(.write(file: -1, [])) }
      return 0
    case .shortWrite: bytes = UnsafeRawBufferPointer(rebasing: bytes[..<((bytes.count + 1) / 2)])
    default: break
    }
    return try perform(.write(file: number(file), Array(bytes))) { () throws(FileError) in
      try system.writeSome(bytes, to: file)
    }
  }

  package func sync(_ file: OpenFile) throws(FileError) {
    // The disk's own part is left out: what a test asks is whether it was asked for.
    try perform(.sync(file: number(file), file.path)) {}
  }

  package func close(_ file: OpenFile) { system.close(file) }

  package func rename(_ place: Place, to newPlace: Place) throws(FileError) {
    try perform(.rename(place.path, to: newPlace.path)) { () throws(FileError) in
      try system.rename(place, to: newPlace)
    }
  }

  package func createFolder(_ place: Place) throws(FileError) {
    try perform(.createFolder(place.path)) { () throws(FileError) in
      try system.createFolder(place)
    }
  }

  package func syncFolder(_ place: Place) throws(FileError) {
    let path = place.path
    try perform(.syncFolder(path)) { () throws(FileError) in _ = try place.changeable() }
  }

  package func remove(_ place: Place) throws(FileError) {
    try perform(.remove(place.path)) { () throws(FileError) in try system.remove(place) }
  }

  package func link(_ place: Place, to target: String) throws(FileError) {
    try perform(.link(place.path, to: target)) { () throws(FileError) in
      try system.link(place, to: target)
    }
  }
}
