// The pictures on the Classify page and what the network said about each.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "run/answer_statistics.h"
#include "session/inference_session.h"

namespace condenser {

struct AnsweredPicture {
    enum class State { kWaiting, kAnswered, kFailed };
    QString name;
    std::filesystem::path path;
    std::shared_ptr<const Picture> picture;  // pasted; has no path
    State state = State::kWaiting;
    SeenPicture seen;                            // as the network saw it, small
    Prediction said;                             // the last answer, without its picture and logits
    int truth = -1;                              // class that its folder names; -1: unknown
    QString model;                               // that answered, with its epoch
    std::shared_ptr<const ModelFile> modelFile;  // likewise
    int outstandingSteps = 0;                    // Classifier
    QString noDense;                             // why that model has no dense form; empty: it has
    QString problem;                             // a sentence, where the file could not be read

    bool answered() const { return state == State::kAnswered; }
    // All that follow are of what answered. The form that speaks for the model says:
    const FormAnswer& answer() const { return said.answer(); }
    const ClassProbability& best() const { return answer().best(); }
    bool wrong() const { return answered() && truth >= 0 && truth != best().index; }
    // Null: the model has no such form.
    const FormAnswer* form(Variant variant) const;
    bool bothForms() const { return said.forms.size() > 1; }
    bool disagree() const { return answered() && !said.agree(); }
    // Although the two are one function, which they are not before the last condensing step.
    bool disagreeUnexpectedly() const { return disagree() && outstandingSteps == 0; }
};

// A row a picture. The view of a grid shows the first column alone.
class AnswerModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { kPicture, kAnswer, kConfidence, kMargin, kAgreement, kTruth, kDenseMs, kCondensedMs, kColumns };
    // What to sort by, a number or a text; invalid where it is not known.
    static constexpr int kSortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    // Display and accessible text of the first column say all that a row shows; the others a dash where something is
    // not known, and their tooltips why.
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const AnsweredPicture& at(int row) const { return m_rows[static_cast<std::size_t>(row)].picture; }
    // The first with an answer, be it an old one: names of classes are its model's. Null: there is none.
    const AnsweredPicture* anyAnswered() const;
    // New ones behind those that are there, in their order; what is above `most` is left out.
    void add(std::vector<AnsweredPicture> pictures, std::size_t most);
    // One row with its number, by which answers find it; numbers rise with the rows.
    struct Row {
        qint64 id = 0;
        AnsweredPicture picture;
    };
    // `rows` in any order. What they were is given back, for putBack.
    std::vector<Row> remove(std::vector<int> rows);
    // Where they were, between those that stayed. What waited when it was removed must be asked for again.
    void putBack(std::vector<Row> rows);
    // Back to waiting: a new model will be asked.
    void askAgain();
    // Tells of rows that are neighbours at once.
    void take(const std::vector<Answer>& answers);
    // For all that wait, in their order.
    std::vector<PictureRequest> waiting() const;

    struct Counts {
        int waiting = 0, failed = 0, answered = 0;
        int compared = 0, disagreeing = 0;  // answered by both forms; of these, with two answers
        int outstanding = 0;                // answered by a model that has condensing steps to come
        int judged = 0, wrong = 0;          // whose true class is known; of these
    };
    const Counts& counts() const { return m_counts; }
    // The form that speaks for the model of anyAnswered(); the condensed one where nobody answered yet.
    Variant speaking() const;
    // All that this form answered, of models with the classes of anyAnswered()'s.
    std::vector<JudgedAnswer> judged(Variant variant) const;

  private:
    QVariant textOf(const AnsweredPicture& picture, int column) const;
    QVariant sortKeyOf(const AnsweredPicture& picture, int column) const;
    void count(const AnsweredPicture& picture, int times);

    std::vector<Row> m_rows;
    Counts m_counts;
    qint64 m_nextId = 1;
};

}  // namespace condenser
