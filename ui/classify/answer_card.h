// All that is known about one picture: what the network saw and where it looked, the answers of both forms on one
// scale, who answered.
#pragma once

#include <QFrame>
#include <optional>

#include "classify/activation_session.h"
#include "classify/answer_model.h"
#include "look/exhibit.h"
#include "look/theme.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QSettings;
class QSlider;

namespace condenser {

class ActivationView;
class ElidedLabel;
class FormBars;

class AnswerCard : public QFrame {
    Q_OBJECT

  public:
    // `settings` keeps the strength of the map.
    explicit AnswerCard(QSettings& settings, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Null: nothing is chosen. May come again for the same picture, of which nothing is computed again.
    void show(const AnsweredPicture* picture);
    // Those of the form that speaks for the model, where there is an answer.
    void focusBars();
    // The picture with its map.
    std::optional<Exhibit> exhibit() const;

  signals:
    void compareWanted();  // "Compare both forms"
    void exported(const QString& file);
    void exportFailed(const Error& error);

  private:
    QWidget* makeContent();
    void showAnswer();
    void showWords();
    void chooseClass(int classIndex);
    FormBars* barsOf(Variant variant) const;
    void askForMaps();
    void showMap();
    QString className(int classIndex) const;
    QString mapWords(const ActivationMap& map) const;

    QSettings& m_settings;
    ActivationSession m_session;
    std::optional<AnsweredPicture> m_picture;      // that is shown
    std::shared_ptr<const ActivationMaps> m_maps;  // of it; null: none yet
    int m_class = -1;                              // whose map is shown

    ElidedLabel* m_name;
    QLabel* m_sizes;
    QScrollArea* m_scroll;
    ActivationView* m_view;
    QWidget* m_strengthRow;
    QSlider* m_strength;
    QLabel* m_mapWords;
    QWidget* m_denseHead;
    QLabel* m_denseMs;
    FormBars* m_dense;
    QWidget* m_condensedHead;
    QLabel* m_condensedMs;
    QLabel* m_agreement;
    FormBars* m_condensed;
    QLabel* m_truth;
    QLabel* m_model;
    QLabel* m_remark;  // on what the forms are to each other
    QPushButton* m_compare;
};

}  // namespace condenser
