import Compute
import Images

/// All images of a source, decoded and fitted once: to keep them if they are small enough, and to
/// know which cannot be read.
struct Decoded {
  /// The images that can be read, by number.
  let kept: [Int]
  /// The others, and why they cannot.
  let failures: [(index: Int, error: DatasetError)]
  /// The images kept, if they take no more memory than allowed.
  let pixels: PackedImages?
  /// A fingerprint of the samples of the images kept.
  let hash: UInt64

  init(_ source: some ImageSource, _ fitting: Fitting, keepingUpTo limit: Int) {
    let size = fitting.size
    let (bytes, overflows) = source.count.multipliedReportingOverflow(by: size)
    let isKept = !overflows && bytes <= limit
    var outcomes: [Result<UInt64, DatasetError>] = []
    var pixels = [UInt8](unsafeUninitializedCapacity: isKept ? bytes : 0) { buffer, initialized in
      let base = isKept ? buffer.baseAddress : nil
      outcomes = concurrentMap(source.count) { index in
        Self.decode(source, index, fitting, to: base.map { $0 + index * size })
      }
      initialized = base == nil ? 0 : bytes
    }
    var (kept, failures, hash) = ([Int](), [(index: Int, error: DatasetError)](), ContentHash())
    for (index, outcome) in outcomes.enumerated() {
      switch outcome {
      case .failure(let error):
        failures.append((index, error))
      case .success(let sampleHash):
        // Sound images move up into the places of the others.
        if isKept && kept.count < index {
          pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            (base + kept.count * size).update(from: base + index * size, count: size)
          }
        }
        kept.append(index)
        hash.add(sampleHash)
      }
    }
    self.kept = kept
    self.failures = failures
    self.hash = hash.value
    self.pixels =
      isKept
      ? PackedImages(
        width: fitting.width, height: fitting.height, channels: fitting.channels,
        pixels: pixels.prefix(kept.count * size))
      : nil
  }

  /// Writes one image, or where there is no place for it only tries to; its fingerprint.
  private static func decode(
    _ source: some ImageSource, _ index: Int, _ fitting: Fitting,
    to slot: UnsafeMutablePointer<UInt8>?
  ) -> Result<UInt64, DatasetError> {
    do throws(DatasetError) {
      let image = try source.image(index, forShorterSide: fitting.shorterSide)
      guard let slot else {
        return .success(
          withUnsafeTemporaryAllocation(of: UInt8.self, capacity: fitting.size) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return write(image, fitting, to: base)
          })
      }
      return .success(write(image, fitting, to: slot))
    } catch {
      slot?.initialize(repeating: 0, count: fitting.size)
      return .failure(error)
    }
  }

  private static func write(
    _ image: Image, _ fitting: Fitting, to slot: UnsafeMutablePointer<UInt8>
  ) -> UInt64 {
    fitting.write(image, to: slot)
    var hash = ContentHash()
    hash.add(UnsafeRawBufferPointer(start: slot, count: fitting.size))
    return hash.value
  }
}

/// `transform` of each number below `count`, in order; the calls are shared by all threads.
func concurrentMap<Element>(_ count: Int, _ transform: (Int) -> Element) -> [Element] {
  [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
    guard let base = buffer.baseAddress else { return }
    ThreadPool.shared.run(count, always: true) { index, _ in
      (base + index).initialize(to: transform(index))
    }
    initialized = count
  }
}
