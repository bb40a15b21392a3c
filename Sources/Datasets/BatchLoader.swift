import Compute

/// Makes batches ahead of training, on a thread of its own.
///
/// The batches are those of its sampler, in order; the loader changes when they are made, never what
/// is in them. It stops when it is released.
public final class BatchLoader: Sendable {
  private let queue: BatchQueue

  /// Starts to make the batches from a place on.
  ///
  /// - Parameter depth: how many batches may wait to be taken.
  public init(_ sampler: BatchSampler, from start: BatchCursor = BatchCursor(), depth: Int = 2) {
    precondition(depth > 0, "a loader that is \(depth) batches ahead")
    Self.warmPool(sampler, batches: depth + 2)
    let queue = BatchQueue(depth: depth)
    self.queue = queue
    startThread { queue.fill(from: sampler, start) }
  }

  /// The next batch, once it is made.
  ///
  /// - Throws: ``DatasetError`` if it cannot be made, and at every later call.
  public func next() throws(DatasetError) -> Batch { try queue.take() }

  /// Ends the thread, after the batch that it may be making.
  public func stop() { queue.stop() }

  deinit { stop() }

  /// Takes storage for all batches that can exist at a time, those waiting and those that training
  /// holds on to, and gives it back: how far ahead the loader is must not decide when the pool grows.
  private static func warmPool(_ sampler: BatchSampler, batches: Int) {
    let size = sampler.batchSize * sampler.dataset.sampleSize
    _ = (0..<batches).map { _ in Storage(count: size) }
  }
}

/// The batches made and not yet taken.
private final class BatchQueue: @unchecked Sendable {
  private let lock = Lock()
  private let depth: Int
  private var ready: [Batch] = []
  private var failure: DatasetError?
  private var isStopped = false
  private var isFilling = true

  init(depth: Int) { self.depth = depth }

  /// What the loader's thread does.
  func fill(from sampler: BatchSampler, _ start: BatchCursor) {
    var cursor = start
    while waitForRoom() {
      let outcome = Result { () throws(DatasetError) in try sampler.batch(at: cursor) }
      lock.locked {
        switch outcome {
        case .success(let batch):
          ready.append(batch)
          cursor = batch.next
        case .failure(let error):
          failure = error
        }
        lock.wakeAll()
      }
    }
    lock.locked {
      isFilling = false
      lock.wakeAll()
    }
  }

  /// False when there is nothing more to make.
  private func waitForRoom() -> Bool {
    lock.locked {
      while ready.count >= depth && !isStopped { lock.wait() }
      return !isStopped && failure == nil
    }
  }

  func take() throws(DatasetError) -> Batch {
    let outcome: Result<Batch, DatasetError> = lock.locked {
      while ready.isEmpty {
        precondition(!isStopped, "a batch from a loader that was stopped")
        if let failure { return .failure(failure) }
        lock.wait()
      }
      lock.wakeAll()
      return .success(ready.removeFirst())
    }
    return try outcome.get()
  }

  func stop() {
    lock.locked {
      isStopped = true
      ready = []
      lock.wakeAll()
      while isFilling { lock.wait() }
      ready = []
    }
  }
}
