import Files

/// What a run learns from, as its records keep it. The content decides what is the same data, wherever
/// it is and however it was named.
public struct DataRecord: Equatable, Sendable {
  /// A checksum of what the model learns from; nil where that is not known.
  public var hash: String?
  /// A checksum of what is held out from it, where that is not part of the other.
  public var heldOutHash: String?
  /// How many images or characters there are to learn from.
  public var count: Int?
  /// How many are held out.
  public var heldOutCount: Int?
  /// What an n-gram loses on what is held out of a text, in nats a character.
  public var baseline: Double?
  /// The absolute path; nil for a built-in name.
  public var path: String?
  /// By which rules its files are read; nil for the first that there were.
  public var reading: Int?
  /// Whether files that cannot be read are left out.
  public var skipsBroken: Bool

  /// A record.
  public init(
    hash: String? = nil, heldOutHash: String? = nil, path: String? = nil, reading: Int? = nil,
    skipsBroken: Bool = false
  ) {
    (self.hash, self.heldOutHash, self.path) = (hash, heldOutHash, path)
    (self.reading, self.skipsBroken) = (reading, skipsBroken)
  }

  /// Which parts of the data are known here to be others, "the training data" or "the held-out data".
  public func differences(hash now: String?, heldOutHash heldOut: String?) -> [String] {
    [
      hash != nil && hash != now ? "training data" : nil,
      heldOutHash != nil && heldOutHash != heldOut ? "held-out data" : nil,
    ].compactMap { $0 }
  }
}

extension RunEnvironment {
  /// What the run learns from.
  public var data: DataRecord {
    get {
      var record = DataRecord(
        hash: dataHash, heldOutHash: heldOutHash, path: dataPath, reading: reading,
        skipsBroken: skipsBroken ?? false)
      (record.count, record.heldOutCount, record.baseline) = (dataCount, heldOutCount, baseline)
      return record
    }
    set {
      (dataHash, heldOutHash, dataPath) = (newValue.hash, newValue.heldOutHash, newValue.path)
      (dataCount, heldOutCount, baseline) =
        (newValue.count, newValue.heldOutCount, newValue.baseline)
      (reading, skipsBroken) = (newValue.reading, newValue.skipsBroken ? true : nil)
    }
  }
}

/// A path from the root, as the working folder is now; links and `..` stay as they are. Where that
/// folder's name is not UTF-8, the path as it is.
public func absolutePath(_ path: String) -> String {
  let components = path.split(separator: "/").filter { $0 != "." }
  let isAbsolute = path.hasPrefix("/")
  guard let root = isAbsolute ? "" : (try? BytePath(".").withoutLinks())?.text else { return path }
  let start = root == "/" ? "" : root
  return components.isEmpty && isAbsolute ? "/" : start + components.map { "/\($0)" }.joined()
}
