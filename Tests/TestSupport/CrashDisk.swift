import Foundation

/// A disk as a crash may leave it: some operations done, of which those that no sync has covered may
/// be lost, each on its own, or, if they are writes, torn.
///
/// As on a disk, a name belongs to a folder, not to the path under which that was known: what is removed
/// from a folder is gone also where the folder's new name is lost.
package struct CrashDisk: Hashable {
  fileprivate var entries: [DiskStep.Name: DiskStep.Entry] = [:]
  private var contents: [Int: [UInt8]] = [:]

  /// How an operation that no sync has covered went; of a torn write, which blocks of that size came.
  package enum Fate { case done, lost, torn(Int, isKept: (_ block: Int) -> Bool) }

  /// The disk after the steps, each with its fate.
  fileprivate init(_ steps: [DiskStep], _ fates: [Fate]) {
    for (step, fate) in zip(steps, fates) {
      switch fate {
      case .done: apply(step)
      case .lost: continue
      case .torn(let block, let isKept):
        guard case .write(let file, let bytes) = step else { continue }
        // What is missing in the middle is read as zeros, what is missing at the end is not there.
        let last = stride(from: 0, to: bytes.count, by: block).map { $0 / block }.last(
          where: isKept)
        let end = min(bytes.count, ((last ?? -1) + 1) * block)
        apply(.write(file: file, bytes[..<end].indices.map { isKept($0 / block) ? bytes[$0] : 0 }))
      }
    }
  }

  private mutating func apply(_ step: DiskStep) {
    switch step {
    case .put(let name, let entry): entries[name] = entry
    case .write(let file, let bytes): contents[file, default: []] += bytes
    case .move(let name, let newName):
      guard let entry = entries.removeValue(forKey: name) else { return }
      entries[newName] = entry
    case .remove(let name): entries[name] = nil
    case .nothing: return
    }
  }

  /// Makes the disk's files in the folder `place`, which stands for the one of that path.
  package func materialize(recorded: String, at place: String) throws {
    let folders = Dictionary(grouping: entries) { $0.key.folder }
    func fill(_ place: String, from folder: String) throws {
      for (name, entry) in folders[folder] ?? [] {
        let path = "\(place)/\(name.name)"
        switch entry {
        case .folder(let id):
          try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
          try fill(path, from: id)
        case .file(let file): try put(contents[file] ?? [], at: path)
        case .link(let target):
          try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        }
      }
    }
    try fill(place, from: recorded)
  }

  /// The disks that a crash after `operations` may leave: with each thing that was not synced done or
  /// lost, or, if it is a write, torn; all combinations where they are few, else many of them, and
  /// always those where one thing alone went another way than the rest.
  /// - Parameter sampling: of how many of them one is returned.
  package static func after(_ operations: [DiskOperation], sampling: Int = 1) -> [CrashDisk] {
    let pending = operations.indices.filter { !isSynced($0, operations) }
    let fates = pending.map { Self.fates(of: operations[$0]) }
    var choices: [[Int]] = []
    let combinations = fates.reduce(1) { min($0 * $1.count, mostCombinations + 1) }
    if combinations <= mostCombinations {
      choices = fates.reduce([[]]) { lists, fates in
        lists.flatMap { list in fates.indices.map { list + [$0] } }
      }
    } else {
      for usual in [0, 1] {
        choices.append(fates.map { _ in usual })
        for (place, fates) in fates.enumerated() {
          for other in fates.indices where other != usual {
            choices.append(pending.indices.map { $0 == place ? other : usual })
          }
        }
      }
      var bits = SplitMix(seed: UInt64(operations.count))
      for _ in 0..<mostCombinations / 2 {
        choices.append(fates.map { Int(bits.next() % UInt64($0.count)) })
      }
    }
    let steps = DiskStep.steps(of: operations)
    var seen: Set<CrashDisk> = []
    return choices.enumerated().compactMap { number, choice in
      guard (number + operations.count) % sampling == 0 else { return nil }
      var all = [Fate](repeating: .done, count: operations.count)
      for (place, index) in pending.enumerated() { all[index] = fates[place][choice[place]] }
      let disk = CrashDisk(steps, all)
      return seen.insert(disk).inserted ? disk : nil
    }
  }

  private static var mostCombinations: Int { 512 }

  /// How an operation that no sync has covered may have gone: first done, then lost.
  private static func fates(of operation: DiskOperation) -> [Fate] {
    guard case .write = operation else { return [.done, .lost] }
    return [.done, .lost]
      + [512, 4096].flatMap { block in
        [{ $0 > 0 }, { $0 == 0 }, { $0 != 1 }].map { Fate.torn(block, isKept: $0) }
      }
  }

  /// Whether a later sync covers the operation at `index`: that of the file for a write, that of the
  /// folder for a name.
  private static func isSynced(_ index: Int, _ operations: [DiskOperation]) -> Bool {
    let later = operations[index...]
    func folderSynced(_ path: String) -> Bool {
      later.contains(.syncFolder((path as NSString).deletingLastPathComponent))
    }
    switch operations[index] {
    case .write(let file, _):
      return later.contains {
        if case .sync(file, _) = $0 { true } else { false }
      }
    case .createFolder(let path), .create(let path, _), .overwrite(let path, _),
      .openToAppend(let path, _),
      .remove(let path), .link(let path, _),
      .rename(let path, _):
      return folderSynced(path)
    case .sync, .syncFolder: return true
    }
  }
}
