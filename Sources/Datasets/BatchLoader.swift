import Compute

/// Makes batches ahead of training, on a thread of its own; where the system allows no more threads, when
/// they are asked for.
///
/// The batches are those of its sampler, in order; the loader changes when they are made, never what
/// is in them. It stops when it is released.
public final class BatchLoader: Sendable {
  private let queue: BatchQueue

  /// Starts to make the batches from a place on.
  ///
  /// - Parameters:
  ///   - depth: how many batches may wait to be taken.
  ///   - held: how many of those taken are in use at a time.
  public convenience init(
    _ sampler: BatchSampler, from start: BatchCursor = BatchCursor(), depth: Int = 2, held: Int = 1
  ) {
    self.init(sampler, from: start, depth: depth, held: held, starting: startThread)
  }

  /// - Parameter startThread: what starts a thread, if it can.
  init(
    _ sampler: BatchSampler, from start: BatchCursor = BatchCursor(), depth: Int = 2, held: Int = 1,
    starting startThread: (_ body: @escaping () -> Void) -> Bool
  ) {
    precondition(depth > 0, "a loader that is \(depth) batches ahead")
    // One more is being made.
    Self.warmPool(sampler, batches: depth + 1 + held)
    let queue = BatchQueue(depth: depth)
    self.queue = queue
    if MemoryPlan.isRehearsal {
      // It is of one thread, which has batches waiting all the same.
      let size = sampler.batchSize * sampler.dataset.sampleSize
      queue.makeOnDemand(sampler, start, (0..<depth).map { _ in Storage(count: size) })
    } else if !startThread({ queue.fill(from: sampler, start) }) {
      queue.makeOnDemand(sampler, start)
    }
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
  /// What makes the batches where there is no thread, and where the next begins.
  private var maker: (sampler: BatchSampler, cursor: BatchCursor)?
  /// In place of those that wait, in a rehearsal.
  private var waiting: [Storage] = []

  init(depth: Int) { self.depth = depth }

  /// Lets batches be made by whoever takes them.
  func makeOnDemand(_ sampler: BatchSampler, _ start: BatchCursor, _ waiting: [Storage] = []) {
    lock.locked {
      self.waiting = waiting
      maker = (sampler, start)
      isFilling = false
    }
  }

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
      if let maker {
        precondition(!isStopped, "a batch from a loader that was stopped")
        if let failure { return .failure(failure) }
        do throws(DatasetError) {
          let batch = try maker.sampler.batch(at: maker.cursor)
          self.maker?.cursor = batch.next
          return .success(batch)
        } catch {
          failure = error
          return .failure(error)
        }
      }
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
