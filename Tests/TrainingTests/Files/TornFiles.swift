import Compute
import Training

/// The file system with a disk that is full when a test wants it: of a write, half arrives.
final class TornFiles: FileOperations {
  /// Whether writes and syncs fail.
  let fails = Locked(false)
  private let system = SystemFiles()

  private func check(_ path: String) throws(FileError) {
    if fails.withLock({ $0 }) { throw FileError(.cannotWrite, path, "the disk is full") }
  }

  func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError) -> Int {
    guard fails.withLock({ $0 }) else { return try system.writeSome(bytes, to: file) }
    let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
    if half.count > 0 { return try system.writeSome(half, to: file) }
    throw FileError(.cannotWrite, file.path, "the disk is full")
  }

  func sync(_ file: OpenFile) throws(FileError) {
    try check(file.path)
    try system.sync(file)
  }

  func create(_ place: Place) throws(FileError) -> OpenFile { try system.create(place) }
  func overwrite(_ place: Place) throws(FileError) -> OpenFile { try system.overwrite(place) }
  func openToAppend(_ place: Place) throws(FileError) -> OpenFile {
    try system.openToAppend(place)
  }
  func close(_ file: OpenFile) { system.close(file) }
  func rename(_ place: Place, to newPlace: Place) throws(FileError) {
    try system.rename(place, to: newPlace)
  }
  func createFolder(_ place: Place) throws(FileError) { try system.createFolder(place) }
  func syncFolder(_ place: Place) throws(FileError) { try system.syncFolder(place) }
  func remove(_ place: Place) throws(FileError) { try system.remove(place) }
  func link(_ place: Place, to target: String) throws(FileError) {
    try system.link(place, to: target)
  }
}
