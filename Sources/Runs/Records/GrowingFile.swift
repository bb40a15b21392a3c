import Files

/// A file that grows by whole records.
///
/// A record that could not be written, or brought to the disk, is not lost: it is held until the file
/// can be written anew. A file that somebody has removed is not: what it held is gone.
final class GrowingFile {
  private let place: Place
  private let operations: any FileOperations
  /// The file as far as it is sound; nil after a failure, when it must be written anew.
  private var file: OpenFile?
  /// How many of its bytes are on the disk.
  private var syncedCount: Int
  /// The records after those.
  private var unsynced: [UInt8] = []

  /// What is held takes at most so much memory; beyond that the newest record is given up.
  private static let mostHeld = 64 << 20

  /// Opens the file at a place, of which `size` bytes are whole records, or makes it.
  /// - Throws: `FileError`.
  init(_ place: Place, size: Int = 0, _ operations: any FileOperations) throws {
    (self.place, self.operations, syncedCount) = (place, operations, size)
    let isNew = place.kind() == nil
    file = try operations.openToAppend(place)
    if isNew { try operations.syncFolder(place.parent) }
  }

  deinit { close() }

  private func close() {
    if let file { operations.close(file) }
    file = nil
  }

  /// Adds a record, after those that could not be added before.
  /// - Throws: `FileError`; the record is held, and written with the next.
  func append(_ record: [UInt8]) throws {
    try file?.check()
    if unsynced.count + record.count > Self.mostHeld { try sync() }
    unsynced += record
    guard let file else { return try rewrite() }
    do {
      try record.withUnsafeBytes { try operations.write($0, to: file) }
    } catch {
      close()
      throw error
    }
  }

  /// Brings all records to the disk.
  /// - Throws: `FileError`; the records are held, and written with the next.
  func sync() throws {
    guard let file else { return try rewrite() }
    try file.check()
    do {
      try operations.sync(file)
      (syncedCount, unsynced) = (syncedCount + unsynced.count, [])
    } catch {
      // The system may take for written what is not.
      close()
      try rewrite()
    }
  }

  /// Writes the file anew from what is on the disk and the records that are held.
  private func rewrite() throws {
    var content: [UInt8] = []
    if place.kind(followingLinks: true) != nil {
      let input = try InputFile(place)
      content = try input.read(at: 0, count: min(syncedCount, input.size))
    }
    content += unsynced
    try operations.atomicWrite(place, content)
    (syncedCount, unsynced) = (content.count, [])
    file = try operations.openToAppend(place)
  }
}
