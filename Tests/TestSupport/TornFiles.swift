import Compute
import Files

/// The file system with a disk that is full when a test wants it: of a write, half arrives.
package final class TornFiles: FileOperations {
  /// Whether writes and syncs fail.
  package let fails = Locked(false)
  private let system = SystemFiles()

  package init() {}

  private func check(_ path: String) throws(FileError) {
    if fails.withLock({ $0 }) { throw FileError(.cannotWrite, path, "the disk is full") }
  }

  package func writeSome(_ bytes: UnsafeRawBufferPointer, to file: OpenFile) throws(FileError)
    -> Int
  {
    guard fails.withLock({ $0 }) else { return try system.writeSome(bytes, to: file) }
    let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
    if half.count > 0 { return try system.writeSome(half, to: file) }
    throw FileError(.cannotWrite, file.path, "the disk is full")
  }

  package func sync(_ file: OpenFile) throws(FileError) {
    try check(file.path)
    try system.sync(file)
  }

  package func create(_ place: Place) throws(FileError) -> OpenFile { try system.create(place) }
  package func overwrite(_ place: Place) throws(FileError) -> OpenFile {
    try system.overwrite(place)
  }
  package func openToAppend(_ place: Place) throws(FileError) -> OpenFile {
    try system.openToAppend(place)
  }
  package func close(_ file: OpenFile) { system.close(file) }
  package func rename(_ place: Place, to newPlace: Place) throws(FileError) {
    try system.rename(place, to: newPlace)
  }
  package func createFolder(_ place: Place) throws(FileError) { try system.createFolder(place) }
  package func syncFolder(_ place: Place) throws(FileError) { try system.syncFolder(place) }
  package func remove(_ place: Place) throws(FileError) { try system.remove(place) }
  package func link(_ place: Place, to target: String) throws(FileError) {
    try system.link(place, to: target)
  }
}
