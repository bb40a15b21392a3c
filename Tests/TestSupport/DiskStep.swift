import Foundation

/// What an operation does to a disk, whose folders and files keep their identity when their names change.
package enum DiskStep {
  /// A name in a folder, which is known by what its path was at first, and a number.
  package struct Name: Hashable {
    let folder: String
    let name: String
  }

  /// What a name stands for.
  package enum Entry: Hashable { case folder(String), file(Int), link(String) }

  case put(Name, Entry)
  case write(file: Int, [UInt8])
  case move(Name, Name)
  case remove(Name)
  case nothing

  /// What operations do that all succeed.
  package static func steps(of operations: [DiskOperation]) -> [DiskStep] {
    var folders: [String: String] = [:]
    var entries: [Name: Entry] = [:]
    var opened: [Int: Int] = [:]
    func name(_ path: String) -> Name {
      let parent = (path as NSString).deletingLastPathComponent
      return Name(folder: folders[parent] ?? parent, name: (path as NSString).lastPathComponent)
    }
    return operations.enumerated().map { number, operation in
      switch operation {
      case .createFolder(let path):
        let id = "\(path)#\(number)"
        folders[path] = id
        entries[name(path)] = .folder(id)
        return .put(name(path), .folder(id))
      case .create(let path, let file), .overwrite(let path, let file):
        entries[name(path)] = .file(file)
        return .put(name(path), .file(file))
      case .openToAppend(let path, let file):
        if case .file(let there) = entries[name(path)] {
          opened[file] = there
          return .nothing
        }
        entries[name(path)] = .file(file)
        return .put(name(path), .file(file))
      case .write(let file, let bytes): return .write(file: opened[file] ?? file, bytes)
      case .rename(let path, let newPath):
        let names = (name(path), name(newPath))
        entries[names.1] = entries.removeValue(forKey: names.0)
        for (known, id) in folders where known == path || known.hasPrefix("\(path)/") {
          folders[known] = nil
          folders[newPath + known.dropFirst(path.count)] = id
        }
        return .move(names.0, names.1)
      case .remove(let path):
        let removed = name(path)
        entries[removed] = nil
        folders[path] = nil
        return .remove(removed)
      case .link(let path, let target):
        entries[name(path)] = .link(target)
        return .put(name(path), .link(target))
      case .sync, .syncFolder: return .nothing
      }
    }
  }
}
