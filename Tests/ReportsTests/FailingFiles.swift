import Foundation
import Synchronization

@testable import Files
@testable import Reports

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

  func create(_ place: Place) throws(FileError) -> OpenFile {
    try count(place.path)
    return try system.create(place)
  }

  func overwrite(_ place: Place) throws(FileError) -> OpenFile {
    try count(place.path)
    return try system.overwrite(place)
  }

  func openToAppend(_ place: Place) throws(FileError) -> OpenFile {
    try count(place.path)
    return try system.openToAppend(place)
  }

  func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) -> Int {
    try count(file.path)
    return try system.writeSome(bytes, to: file)
  }

  func sync(_ file: OpenFile) throws(FileError) {}

  func close(_ file: OpenFile) { system.close(file) }

  func rename(_ place: Place, to newPlace: Place) throws(FileError) {
    try count(place.path)
    try system.rename(place, to: newPlace)
  }

  func exchange(_ place: Place, with other: Place) throws(FileError) {
    guard canExchange else { return try exchangeByRenames(place, with: other) }
    try count(place.path)
    try system.exchange(place, with: other)
  }

  func createFolder(_ place: Place) throws(FileError) {
    try count(place.path)
    try system.createFolder(place)
  }

  func syncFolder(_ place: Place) throws(FileError) {}

  func remove(_ place: Place) throws(FileError) {
    try count(place.path)
    try system.remove(place)
  }

  func link(_ place: Place, to target: String) throws(FileError) {
    try count(place.path)
    try system.link(place, to: target)
  }
}
