// The pictures on the Classify page and what the network said about each.
#pragma once

#include <QAbstractListModel>
#include <QImage>
#include <optional>
#include <vector>

#include "session/inference_session.h"

namespace condenser {

struct AnsweredPicture {
    enum class State { kWaiting, kAnswered, kFailed };
    QString name;
    std::filesystem::path path;
    std::shared_ptr<const Picture> picture;  // pasted; has no path
    State state = State::kWaiting;
    QImage seen;                        // as the network saw it
    std::vector<ClassProbability> top;  // most probable first
    int width = 0, height = 0;          // of the original
    double milliseconds = 0;
    QString model;  // that answered, with its epoch
    Variant variant = Variant::kDense;
    QString problem;  // a sentence, where the file could not be read
};

class AnswerModel : public QAbstractListModel {
    Q_OBJECT

  public:
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    // Display and accessible text say all that a row shows.
    QVariant data(const QModelIndex& index, int role) const override;

    const AnsweredPicture& at(int row) const { return m_rows[static_cast<std::size_t>(row)].picture; }
    // New ones on top; the oldest beyond `most` go.
    void add(std::vector<AnsweredPicture> pictures, std::size_t most);
    void clear();
    // Back to waiting: a new model will be asked.
    void askAgain();
    void take(const std::vector<Answer>& answers);
    // For all that wait.
    std::vector<PictureRequest> waiting() const;

  private:
    struct Row {
        qint64 id;
        AnsweredPicture picture;
    };
    std::vector<Row> m_rows;
    qint64 m_nextId = 1;
};

}  // namespace condenser
