import Foundation
import Synchronization

@testable import Training

/// The file system until some change to it, and from then on none: what a kill, or a disk that breaks,
/// leaves behind.
final class FailingFiles: FileOperations {
  private let system = SystemFiles()
  private let left: Mutex<Int>
  private let canExchange: Bool

  /// - Parameter canExchange: whether it can let two names change places in one move.
  init(after count: Int, canExchange: Bool) {
    left = Mutex(count)
    self.canExchange = canExchange
  }

  /// Whether it has come to the end.
  var hasFailed: Bool { left.withLock { $0 < 0 } }

  private func count(_ path: String) throws(FileError) {
    let isBroken = left.withLock { count in
      count -= 1
      return count < 0
    }
    if isBroken { throw FileError(.cannotWrite, path, cannot: "do it", code: EIO) }
  }

  func create(_ path: String) throws(FileError) -> OpenFile {
    try count(path)
    return try system.create(path)
  }

  func openToAppend(_ path: String) throws(FileError) -> OpenFile {
    try count(path)
    return try system.openToAppend(path)
  }

  func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) -> Int {
    try count(file.path)
    return try system.writeSome(bytes, to: file)
  }

  func sync(_ file: OpenFile) throws(FileError) {}

  func close(_ file: OpenFile) { system.close(file) }

  func rename(_ path: String, to newPath: String) throws(FileError) {
    try count(path)
    try system.rename(path, to: newPath)
  }

  func exchange(_ path: String, with other: String) throws(FileError) {
    guard canExchange else { return try exchangeByRenames(path, with: other) }
    try count(path)
    try system.exchange(path, with: other)
  }

  func createFolder(_ path: String) throws(FileError) {
    try count(path)
    try system.createFolder(path)
  }

  func syncFolder(_ path: String) throws(FileError) {}

  func remove(_ path: String) throws(FileError) {
    try count(path)
    try system.remove(path)
  }

  func link(_ path: String, to target: String) throws(FileError) {
    try count(path)
    try system.link(path, to: target)
  }
}
