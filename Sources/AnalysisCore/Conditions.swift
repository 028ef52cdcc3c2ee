// What success and failure conditions say of a measured value.
//
// analysis.md, section 4.3. Both conditions are always evaluated; an error in either is an error.

package import MartletModel

/// The verdict of a metric's conditions on one value.
package struct ConditionVerdict: Hashable, Sendable {
    package var phase: AnalysisPhase
    /// Why it is an error; empty otherwise.
    package var message: String
    /// The condition that decided, for people; empty when there was none.
    package var decisive: String

    package init(phase: AnalysisPhase, message: String = "", decisive: String = "") {
        self.phase = phase
        self.message = message
        self.decisive = decisive
    }
}

/// Evaluation of conditions.
package enum Conditions {
    /// The verdict on a result.
    ///
    /// - Parameters:
    ///   - success: Empty when not set; likewise `failure`.
    package static func verdict(
        on environment: ExpressionEnvironment, success: String, failure: String
    ) -> ConditionVerdict {
        var isSuccess = true
        var isFailure = false
        do throws(ConditionFailure) {
            if !success.isEmpty { isSuccess = try holds(success, "successCondition", environment) }
            if !failure.isEmpty { isFailure = try holds(failure, "failureCondition", environment) }
        } catch {
            return ConditionVerdict(phase: .error, message: error.message, decisive: error.condition)
        }
        switch (success.isEmpty, failure.isEmpty) {
        case (true, true): return ConditionVerdict(phase: .successful)
        case (false, true):
            return ConditionVerdict(phase: isSuccess ? .successful : .failed, decisive: success)
        case (true, false):
            return ConditionVerdict(phase: isFailure ? .failed : .successful, decisive: failure)
        case (false, false):
            if isFailure { return ConditionVerdict(phase: .failed, decisive: failure) }
            if isSuccess { return ConditionVerdict(phase: .successful, decisive: success) }
            return ConditionVerdict(phase: .inconclusive, decisive: success)
        }
    }

    private struct ConditionFailure: Error {
        var message: String
        var condition: String
    }

    private static func holds(
        _ condition: String, _ field: String, _ environment: ExpressionEnvironment
    ) throws(ConditionFailure) -> Bool {
        var problem: String
        do throws(ExpressionError) {
            let value = try Expression.value(of: condition, in: environment)
            if case .bool(let holds) = value { return holds }
            problem = "expected bool, but got \(value.typeName)"
        } catch {
            problem = error.explanation(in: condition)
        }
        if isEmpty(environment.result) {
            problem = "metric result is nil or empty: no data returned from the metric provider"
        }
        throw ConditionFailure(
            message: "could not evaluate \(field) \"\(condition)\": \(problem)", condition: condition)
    }

    /// Whether the provider had no data.
    package static func isEmpty(_ result: ExpressionValue) -> Bool {
        switch result {
        case .nil: true
        case .list(let list): list.elements.isEmpty
        default: false
        }
    }
}
