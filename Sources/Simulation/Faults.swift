// What goes wrong, and how often.

/// How often things fail, in a thousand. Faults stop at `calmAfter`, so that every story can end.
package struct FaultPlan: Sendable {
    /// A write is refused with 500 and changes nothing.
    package var refusedWrite = 0
    /// A write is refused with 409, as if somebody had been quicker.
    package var conflict = 0
    /// A write is done, but its answer is lost.
    package var lostAnswer = 0
    /// The controller is killed right before a write, or right after it.
    package var killedAtWrite = 0
    /// A watch ends, and the controller lists again.
    package var droppedWatch = 0
    /// A watch event arrives late, by up to `staleMilliseconds`.
    package var lateEvent = 0
    package var staleMilliseconds = 3000
    /// Virtual seconds after which nothing fails any more.
    package var calmAfterSeconds = 240

    package init() {}
    package static let none = FaultPlan()

    /// A plan drawn by the dice: often mild, sometimes rough, one in six without any fault.
    package static func random(_ dice: inout Dice) -> FaultPlan {
        var plan = FaultPlan()
        let roughness = dice.number(0...5)
        if roughness == 0 { return plan }
        let scale = roughness * 8
        plan.refusedWrite = dice.number(0...scale)
        plan.conflict = dice.number(0...scale)
        plan.lostAnswer = dice.number(0...scale)
        plan.killedAtWrite = dice.number(0...scale)
        plan.droppedWatch = dice.number(0...scale / 2)
        plan.lateEvent = dice.number(0...scale * 4)
        return plan
    }

    /// What happens to one write.
    enum WriteFault: Sendable { case none, refused, conflict, lostAnswer, killBefore, killAfter }

    func draw(_ dice: inout Dice) -> WriteFault {
        if dice.happens(perThousand: refusedWrite) { return .refused }
        if dice.happens(perThousand: conflict) { return .conflict }
        if dice.happens(perThousand: lostAnswer) { return .lostAnswer }
        if dice.happens(perThousand: killedAtWrite) { return dice.happens(perThousand: 500) ? .killBefore : .killAfter }
        return .none
    }
}
