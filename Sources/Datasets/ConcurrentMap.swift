import Compute

/// `transform` of each number below `count`, in order; the calls are shared by all threads.
func concurrentMap<Element>(_ count: Int, _ transform: (Int) -> Element) -> [Element] {
  [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
    guard let base = buffer.baseAddress else { return }
    ThreadPool.shared.run(count) { index, _ in
      (base + index).initialize(to: transform(index))
    }
    initialized = count
  }
}
