/// What flags are called elsewhere, in the field's programs and papers.
enum Synonyms {
  /// What was meant by a flag that a command does not have; nil where that is not known.
  /// - Parameters:
  ///   - flag: The flag, with its dashes and without its value.
  ///   - flags: The command's own, such as "--steps".
  static func meant(by flag: String, among flags: [String]) -> String? {
    let word = String(flag.drop { $0 == "-" }).lowercased().replacing("_", with: "-")
    return (table[word] ?? []).first { meant in
      flags.contains { meant == $0 || meant.hasPrefix("\($0) ") } && meant != flag
    }
  }

  /// For each word what it may stand for: the first that a command has.
  private static let table: [String: [String]] = {
    let groups: [(words: String, meant: [String])] = [
      ("lr learning-rate rate", ["--learning-rate"]),
      ("wd weight-decay", ["--set optimizer.weight_decay=..."]),
      ("warmup warmup-steps", ["--set optimizer.warmup_steps=..."]),
      ("bs b batch batch-size minibatch", ["--batch", "--batch-size"]),
      ("dropout", ["--set model.dropout=..."]),
      ("epoch num-epochs max-epochs", ["--epochs"]),
      (
        "iterations iters max-iters num-steps max-steps train-steps num-inference-steps",
        ["--steps"]
      ),
      ("time duration max-time time-limit", ["--budget"]),
      ("dataset data-dir data-path train-data", ["--data"]),
      ("checkpoint ckpt", ["--step", "--from"]),
      ("init-from pretrained weights", ["--from"]),
      ("continue restart resume-from", ["--resume"]),
      ("run-name", ["--name"]),
      ("outdir out-dir output-dir logdir", ["--runs", "--output"]),
      ("out outfile output-file save", ["--output"]),
      ("early-stopping", ["--patience"]),
      ("random-seed rng", ["--seed"]),
      ("workers num-workers jobs j cores num-threads", ["--threads"]),
      ("quiet silent q no-progress", ["--quiet"]),
      ("n num num-samples samples num-images", ["--count"]),
      ("temp t", ["--temperature"]),
      ("max-tokens max-new-tokens max-length num-tokens tokens", ["--length"]),
      ("repetition-penalty", ["--repeat-penalty"]),
      ("dtype quantize quantization quant", ["--precision"]),
      ("cfg cfg-scale guidance-scale", ["--guidance"]),
      ("scheduler", ["--sampler"]),
      ("label", ["--class"]),
      ("text", ["--prompt"]),
      ("cols ncols nrow", ["--columns"]),
      ("f force y no-confirm", ["--yes"]),
    ]
    return groups.reduce(into: [:]) { table, group in
      for word in group.words.split(separator: " ") { table[String(word)] = group.meant }
    }
  }()
}
