import Foundation

/// A disk as a crash may leave it: some operations done, of which those that no sync has covered may
/// be lost, each on its own, or, if they are writes, torn.
struct CrashDisk: Hashable {
  private enum Entry: Hashable { case folder, file(Int), link(String) }
  private var entries: [String: Entry] = [:]
  private var contents: [Int: [UInt8]] = [:]

  /// How an operation that no sync has covered went.
  enum Fate { case done, lost, torn(Int) }

  /// The disk after `operations`, each with its fate.
  init(_ operations: some Sequence<(Operation, Fate)>) {
    for (operation, fate) in operations {
      switch fate {
      case .done: apply(operation)
      case .lost: continue
      case .torn(let block):
        guard case .write(let file, let bytes) = operation else { continue }
        // The first block never came, the rest did: longer than what a cut would leave.
        let hole = [UInt8](repeating: 0, count: min(block, bytes.count))
        apply(.write(file: file, hole + bytes.dropFirst(block)))
      }
    }
  }

  private mutating func apply(_ operation: Operation) {
    switch operation {
    case .createFolder(let path): entries[path] = .folder
    case .create(let path, let file): entries[path] = .file(file)
    case .write(let file, let bytes): contents[file, default: []] += bytes
    case .rename(let path, let newPath):
      guard entries[path] != nil else { return }
      for old in tree(newPath) { entries[old] = nil }
      for old in tree(path) { entries[newPath + old.dropFirst(path.count)] = entries[old] }
      for old in tree(path) { entries[old] = nil }
    case .remove(let path): entries[path] = nil
    case .link(let path, let target): entries[path] = .link(target)
    case .sync, .syncFolder: return
    }
  }

  private func tree(_ path: String) -> [String] {
    entries.keys.filter { $0 == path || $0.hasPrefix("\(path)/") }
  }

  /// Makes the disk's files below `root`, which replaces the recorded root in all paths.
  func materialize(recorded: String, at root: String) throws {
    let manager = FileManager.default
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let place = root + path.dropFirst(recorded.count)
      switch entry {
      // A name whose folder is lost is lost, too.
      case _ where !manager.fileExists(atPath: (place as NSString).deletingLastPathComponent):
        continue
      case .folder: try manager.createDirectory(atPath: place, withIntermediateDirectories: false)
      case .file(let file): try put(contents[file] ?? [], at: place)
      case .link(let target):
        try manager.createSymbolicLink(atPath: place, withDestinationPath: target)
      }
    }
  }

  /// The disks that a crash after `operations` may leave: with all that was done, without anything
  /// that was not synced, with each such thing lost or done alone, with each such write torn, and
  /// with some subsets.
  static func after(_ operations: [Operation]) -> Set<CrashDisk> {
    let pending = operations.indices.filter { !isSynced($0, operations) }
    func disk(_ fate: (Int) -> Fate) -> CrashDisk {
      let open = Set(pending)
      return CrashDisk(
        operations.enumerated().map { ($1, open.contains($0) ? fate($0) : .done) })
    }
    var disks: Set = [disk { _ in .done }, disk { _ in .lost }]
    for index in pending {
      disks.insert(disk { $0 == index ? .lost : .done })
      disks.insert(disk { $0 == index ? .done : .lost })
      for block in [512, 4096] { disks.insert(disk { $0 == index ? .torn(block) : .done }) }
    }
    var bits = SplitMix(state: UInt64(operations.count))
    for _ in 0..<8 { disks.insert(disk { _ in bits.next() & 1 == 0 ? .lost : .done }) }
    return disks
  }

  /// Whether a later sync covers the operation at `index`: that of the file for a write, that of the
  /// folder for a name.
  private static func isSynced(_ index: Int, _ operations: [Operation]) -> Bool {
    let later = operations[index...]
    func folderSynced(_ path: String) -> Bool {
      later.contains(.syncFolder((path as NSString).deletingLastPathComponent))
    }
    switch operations[index] {
    case .write(let file, _):
      return later.contains {
        if case .sync(file, _) = $0 { true } else { false }
      }
    case .createFolder(let path), .create(let path, _), .remove(let path), .link(let path, _),
      .rename(let path, _):
      return folderSynced(path)
    case .sync, .syncFolder: return true
    }
  }
}

/// A small generator (Steele, Lea and Flood 2014), so that the subsets are the same in each run.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
