import Compute
import Files

/// What one look at all bytes of a text tells. All threads look, each at a chunk at a time, and no more than
/// a chunk for each of them is in memory.
struct TextSurvey: Sendable {
  /// The number of characters before it is known of each block of so many bytes.
  static let blockSize = 4096
  /// How many blocks a thread looks at in one go.
  private static let blocksPerChunk = 256

  /// Whether all is UTF-8, and no byte is zero.
  private(set) var isSound = true
  /// How many characters (Unicode scalars) there are.
  private(set) var characters = 0
  /// How many lines there are; the last need not end.
  private(set) var lines = 0
  /// Which characters there are.
  private(set) var alphabet = ScalarSet()
  /// The checksum of the bytes.
  private(set) var checksum = CRC32C()
  /// How many characters begin before each block.
  private(set) var charactersBefore: [Int] = []

  /// Looks at a run of bytes. Where they are not sound, only ``isSound`` counts.
  /// - Throws: `DatasetError` if it cannot be read.
  init(_ content: TextContent) throws(DatasetError) {
    let size = Self.blockSize * Self.blocksPerChunk
    let count = (content.count + size - 1) / size
    let found = Locked(Found(chunks: Array(repeating: nil, count: count)))
    ThreadPool.shared.run(count, always: true) { index, _ in
      let (start, end) = (index * size, min((index + 1) * size, content.count))
      guard found.withLock({ $0.failure == nil && $0.isSound }) else { return }
      do throws(DatasetError) {
        // The last character may end after the chunk.
        let bytes = try content.bytes(start..<min(end + 3, content.count))
        let chunk = TextChunk(bytes, count: end - start, isFirst: index == 0)
        found.withLock { $0.add(chunk, at: index) }
      } catch {
        found.withLock { $0.failure = $0.failure ?? error }
      }
    }
    let result = found.withLock { $0 }
    if let failure = result.failure { throw failure }
    (isSound, alphabet) = (result.isSound, result.alphabet)
    charactersBefore.reserveCapacity(content.count / Self.blockSize + 1)
    var overhang = 0
    for chunk in result.chunks {
      guard isSound, let chunk, chunk.skipped == overhang else {
        isSound = false
        return
      }
      overhang = chunk.overhang
      for count in chunk.characters {
        charactersBefore.append(characters)
        characters += Int(count)
      }
      lines += chunk.newlines
      checksum.append(chunk.checksum, count: chunk.bytes)
    }
    if content.count > 0, try content.bytes(content.count - 1..<content.count) != [10] {
      lines += 1
    }
  }

  /// The same without the characters, which take much memory.
  var withoutAlphabet: TextSurvey {
    var survey = self
    survey.alphabet = ScalarSet()
    return survey
  }

  /// What the threads have found.
  private struct Found: Sendable {
    var chunks: [Summary?]
    var alphabet = ScalarSet()
    var isSound = true
    var failure: DatasetError?

    struct Summary: Sendable {
      let bytes, skipped, overhang: Int
      let characters: [UInt16]
      let newlines: Int
      let checksum: CRC32C
    }

    mutating func add(_ chunk: TextChunk, at index: Int) {
      isSound = isSound && chunk.isSound
      alphabet.formUnion(chunk.alphabet)
      chunks[index] = Summary(
        bytes: chunk.bytes, skipped: chunk.skipped, overhang: chunk.overhang,
        characters: chunk.characters,
        newlines: chunk.newlines, checksum: chunk.checksum)
    }
  }
}
