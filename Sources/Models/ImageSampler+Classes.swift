import Files
import Runs

extension ImageSampler {
  /// The class of that name or number, or for "none" what stands for no class.
  /// - Throws: `SamplingError` when there is no such class.
  public func classLabel(_ word: String) throws(SamplingError) -> Int32 {
    guard classCount > 0 else {
      throw SamplingError("class \(word), but \(run.name) was trained without classes")
    }
    if word == "none" {
      guard let nullClass else {
        throw SamplingError("no class, but \(run.name) always learned with one")
      }
      return nullClass
    }
    // Names may differ by case alone, or by bytes that Unicode takes for the same characters.
    let asGiven = BytePath(word)
    if let index = classNames.firstIndex(where: { BytePath($0) == asGiven })
      ?? classNames.firstIndex(where: { $0 == asGiven.escaped })
      ?? classNames.firstIndex(where: { $0.lowercased() == word.lowercased() })
    {
      return Int32(index)
    }
    guard let number = Int(word) else {
      let names = classNames.isEmpty ? "" : ", " + classNames.joined(separator: ", ")
      throw SamplingError(
        "class \(word), but classes are 0 to \(classCount - 1)\(names)"
          + suggestion(for: word.lowercased(), among: classNames.map { $0.lowercased() }))
    }
    guard (0..<classCount).contains(number) else {
      throw SamplingError("class \(number), but classes are 0 to \(classCount - 1)")
    }
    return Int32(number)
  }

  /// A class's number and name, for provenance.
  func description(of label: Int32) -> String {
    let index = Int(label)
    let isNamed = classNames.indices.contains(index)
    let number = index < classCount ? "\(index)" : "none"
    return isNamed ? "\(number) (\(classNames[index]))" : number
  }

  /// The same request with a grid that has a column for each class, where each is sampled in turn.
  func laidOut(_ request: ImageRequest) -> ImageRequest {
    guard case .independent = request.form, request.label == nil, classCount > 0,
      request.count == nil
    else { return request }
    var request = request
    let layout = PreviewLayout(classes: classCount)
    request.columns = request.columns ?? layout.columns
    request.count = layout.count
    return request
  }
}
