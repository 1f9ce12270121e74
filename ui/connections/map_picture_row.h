// The picture that feature maps are of: as the network saw it, what the network says, and the way to the others.
#pragma once

#include <QWidget>

#include "connections/feature_map_session.h"

class QLabel;
class QPushButton;

namespace condenser {

class ElidedLabel;

class MapPictureRow : public QWidget {
    Q_OBJECT

  public:
    explicit MapPictureRow(QWidget* parent = nullptr);

    // `number`, from 0, of `count` pictures that can be stepped through.
    void show(const FeatureMaps& maps, const MapPicture& picture, int number, int count);
    QString name() const;

  signals:
    void stepped(int by);  // -1, 1

  private:
    QPushButton* stepButton(const char* name, const QString& sign, const QString& words, int by);

    QLabel* m_picture;
    QLabel* m_answer;
    ElidedLabel* m_name;
    QWidget* m_steps;
    QLabel* m_place;
};

}  // namespace condenser
