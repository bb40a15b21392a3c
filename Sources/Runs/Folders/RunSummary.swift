import Files

/// What a list of runs says about one.
public struct RunSummary: Encodable, Sendable {
  /// The run.
  public let run: RunFolder
  /// The kind of its recipe, such as "gan"; nil where the recipe cannot be read.
  public let kind: String?
  /// When it was started.
  public let started: Timestamp
  /// The step of its newest checkpoint, or nil before the first.
  public let step: Int?
  /// The measurement of its best checkpoint, or else of its newest.
  public let metric: Metric?
  /// The step of its best checkpoint, where that is not the newest.
  public let bestStep: Int?
  /// Why the training failed, if it did.
  public let failureReason: String?
  /// The bytes that it takes.
  public let size: Int

  /// Looks the run over; nothing is verified.
  public init(_ run: RunFolder) {
    self.run = run
    kind = try? RecipeDocument(path: run.recipePath).kind
    step = run.checkpoints.steps.last
    started =
      (try? run.environment().started) ?? Place(run.path).modified
      ?? Timestamp(milliseconds: 0)
    let newest = step.flatMap { try? run.checkpoints.checkpoint(ofStep: $0) }
    let best = run.best
    metric = best?.metric ?? newest?.metric
    bestStep = best?.step == step ? nil : best?.step
    failureReason = run.failureReason
    size = folderSize(run.path)
  }

  /// As JSON: name, path, kind, step, metric, best_step, given_up, started (ISO 8601) and bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run.name, forKey: .name)
    try container.encode(run.path, forKey: .path)
    try container.encode(kind, forKey: .kind)
    try container.encode(step, forKey: .step)
    try container.encode(metric, forKey: .metric)
    try container.encode(bestStep, forKey: .bestStep)
    try container.encode(failureReason, forKey: .givenUp)
    try container.encode(started.toTheSecond, forKey: .started)
    try container.encode(size, forKey: .bytes)
  }

  private enum CodingKeys: String, CodingKey {
    case name, path, kind, step, metric, started, bytes
    case bestStep = "best_step"
    case givenUp = "given_up"
  }

  /// All runs under `root`, the one started last first; none where there is no such folder.
  public static func all(in root: String = "runs") -> [RunSummary] {
    RunFolder.all(in: root).map(RunSummary.init)
      .sorted { ($0.started, $0.run.name) > ($1.started, $1.run.name) }
  }

  /// The paths of the runs under `root` that cannot be opened, since their names are not UTF-8; escaped.
  public static func unnamed(in root: String = "runs") -> [String] {
    ((try? folderNames(root)) ?? []).filter { $0.text == nil && !$0.isHidden }
      .map { BytePath(root).appending($0) }
      .filter { (try? FileKind($0.appending("recipe.yaml"))) == .file }.map(\.escaped)
  }
}

extension RunFolder {
  /// All runs under `root`, in the order of their names; none where there is no such folder.
  public static func all(in root: String = "runs") -> [RunFolder] {
    ((try? folderContents(root)) ?? [])
      // A run in the making has a dot in front.
      .filter { !$0.hasPrefix(".") }
      .compactMap { try? RunFolder(path: "\(root)/\($0)") }
  }
}
